package io.brpc.faults;

import java.time.Duration;

import io.brpc.TransportSettings;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestWires;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A NAT that forgets its bindings again and again.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class RebindTests {

	private static final int CLIENTS = FaultSize.of(5, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final int REBINDS = 20;

	private static final Duration EVERY = FaultSize.of(Duration.ofMillis(250), Duration.ofSeconds(3));

	private static final Duration IDLE = FaultSize.of(Duration.ofSeconds(2), Duration.ofSeconds(10));

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@Test
	void everyRebindingIsSurvivedOrFollowedByANewConnection() {
		TransportSettings settings = TestWires.settings()
			.withIdle(IDLE, Duration.ZERO)
			.withSetupTimeout(Duration.ofSeconds(2));
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, settings,
				(builder) -> builder.reconnect(Network.QUICK));
		this.report
			.fault("8 NAT rebinding x " + REBINDS,
					CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way, every " + EVERY.toMillis()
							+ " ms, idle time-out " + IDLE.toSeconds() + " s")
			.calls(network.ledger());
		int atFirstLoss = REBINDS;
		for (int rebinds = 1; rebinds <= REBINDS; rebinds++) {
			network.relay().rebind();
			Network.pass(EVERY);
			if (network.disconnectCount() > 0) {
				atFirstLoss = Math.min(atFirstLoss, rebinds);
			}
		}
		long last = System.nanoTime();
		network.awaitAllConnected();
		network.awaitMoreCalls();
		this.report.measuredSince("all back after", last)
			.measured("disconnects", network.disconnectCount())
			.measured("rebindings at the first one", atFirstLoss);
		network.finish();
		assertThat(network.ledger().okCount()).isPositive();
	}

}
