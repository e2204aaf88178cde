package io.brpc.faults;

import java.time.Duration;

import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import io.brpc.testing.TestWires;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Paths that lose, double, reorder and delay packets, both ways, without end.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class LossyPathTests {

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final Duration TIME = FaultSize.of(Duration.ofSeconds(2), Duration.ofSeconds(30));

	private static final Duration LONG_TIME = FaultSize.of(Duration.ofSeconds(4), Duration.ofMinutes(5));

	private static final String SIZE = CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way";

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@ParameterizedTest
	@ValueSource(ints = { 1, 5, 10 })
	void lossCostsNoCall(int percent) {
		Network network = lossy(percent);
		network.keepConnectedFor(TIME);
		network.finish().verifyAllOk();
		assertThat(network.disconnectCount()).isZero();
	}

	/**
	 * A connection may get lost here, but every call ends, and once.
	 */
	@Test
	void heavyLossLeavesNoCallWithoutAnEnd() {
		Network network = lossy(20);
		Network.pass(TIME);
		network.finish();
		this.report.measured("disconnects", network.disconnectCount());
		assertThat(network.ledger().okCount()).isPositive();
	}

	private Network lossy(int percent) {
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, TestWires.settings());
		this.report.fault("1 loss of " + percent + " %", SIZE + ", " + TIME.toSeconds() + " s").calls(network.ledger());
		network.relay().rules(RelayRules.NONE.withLoss(percent / 100.0));
		return network;
	}

	@Test
	void doubledAndReorderedPacketsRunNoHandlerTwice() {
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, TestWires.settings());
		this.report.fault("2 duplicates 20 %, reordering 20 %", SIZE + ", " + TIME.toSeconds() + " s")
			.calls(network.ledger());
		network.relay().rules(RelayRules.NONE.withDuplicates(0.2).withReordering(0.2));
		network.keepConnectedFor(TIME);
		network.finish().verifyAllOk();
		assertThat(network.relay().received(UdpRelay.Direction.TO_SERVER)).isPositive();
	}

	@Test
	void delayAndJitterLoseNoConnection() {
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, TestWires.settings());
		this.report.fault("3 delay 100 +- 50 ms", SIZE + ", " + LONG_TIME.toSeconds() + " s").calls(network.ledger());
		network.relay().rules(RelayRules.NONE.withDelay(Duration.ofMillis(100), Duration.ofMillis(50)));
		network.keepConnectedFor(LONG_TIME);
		network.finish().verifyAllOk();
		assertThat(network.disconnectCount()).isZero();
	}

}
