package io.brpc.sample.fleet;

import java.time.Duration;
import java.util.List;

import io.brpc.BrpcConnection;

import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Asks all members every now and then, so that there is something to see.
 */
@Component
@Profile("server & fleet")
class RollCall {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final Fleet fleet;

	RollCall(Fleet fleet) {
		this.fleet = fleet;
	}

	@Scheduled(fixedDelayString = "${sample.fleet.roll-call}")
	void call() {
		List<BrpcConnection> all = this.fleet.members().stream().map(Member::connection).toList();
		this.fleet.ask(all, "Are you there?", LIMIT, (answer) -> {
		});
	}

}
