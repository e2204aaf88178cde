package io.brpc.faults;

import java.time.Duration;

import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestWires;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A long time on a path that loses one packet in a hundred: 5 minutes at full size, or
 * {@code -Dbrpc.soak.minutes}.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class SoakTests {

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final Duration TIME = FaultSize.of(Duration.ofSeconds(8),
			Duration.ofMinutes(Long.getLong("brpc.soak.minutes", 5)));

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@Test
	void aLittleLossIsBorneForLong() {
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, TestWires.settings());
		this.report
			.fault("20 soak at 1 % loss",
					CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way, " + TIME.toSeconds() + " s")
			.calls(network.ledger());
		network.relay().rules(RelayRules.NONE.withLoss(0.01));
		Network.pass(TIME);
		network.awaitAllConnected();
		network.awaitMoreCalls();
		network.finish();
		this.report.measured("disconnects", network.disconnectCount())
			.measured("calls lost", network.ledger().lost().size());
		assertThat(network.ledger().lost()).as("calls lost, with %d disconnects", network.disconnectCount())
			.hasSizeLessThanOrEqualTo(network.disconnectCount() * CALLS_PER_SECOND);
	}

}
