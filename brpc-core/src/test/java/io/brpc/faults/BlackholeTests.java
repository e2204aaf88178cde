package io.brpc.faults;

import java.time.Duration;
import java.util.List;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.brpc.TransportSettings;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestClient;
import io.brpc.testing.UdpRelay.Direction;
import io.brpc.testing.TestWires;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Paths on which for a time nothing gets through.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class BlackholeTests {

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final String SIZE = CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way, idle time-out ";

	private static final Duration IDLE = FaultSize.of(Duration.ofSeconds(2), Duration.ofSeconds(10));

	/**
	 * How long an attempt in a dead network takes. Fifty handshakes at a time take two
	 * cores seconds.
	 */
	private static final Duration SETUP_TIMEOUT = FaultSize.of(Duration.ofSeconds(1), Duration.ofSeconds(3));

	private static final RelayRules BLACKHOLE = RelayRules.NONE.withBlackhole(true);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@Test
	void aGapShorterThanTheIdleTimeoutCostsNothing() {
		Duration idle = FaultSize.of(Duration.ofSeconds(8), Duration.ofSeconds(30));
		Duration gap = idle.dividedBy(FaultSize.of(4, 3));
		Network network = network(idle);
		this.report.fault("5 blackhole of " + gap.toSeconds() + " s", SIZE + idle.toSeconds() + " s")
			.calls(network.ledger());
		network.relay().rules(BLACKHOLE);
		network.keepConnectedFor(gap);
		network.relay().rules(RelayRules.NONE);
		long healed = System.nanoTime();
		network.awaitMoreCalls();
		this.report.measuredSince("calls again after", healed);
		network.finish().verifyAllOk();
		assertThat(network.disconnectCount()).isZero();
	}

	@Test
	void aLongerOneEndsTheCallsInFlightAndHeals() {
		Network network = network(IDLE);
		this.report.fault("6 blackhole longer than the idle time-out", SIZE + IDLE.toSeconds() + " s")
			.calls(network.ledger());
		long begun = System.nanoTime();
		network.relay().rules(BLACKHOLE);
		network.awaitNoneConnected();
		this.report.measuredSince("all ends know after", begun);
		Network.pass(IDLE);
		network.relay().rules(RelayRules.NONE);
		long healed = System.nanoTime();
		network.awaitAllConnected();
		this.report.measuredSince("all back after", healed);
		network.awaitMoreCalls();
		assertThat(network.finish().lost()).as("calls of which nobody knows whether they ran")
			.allMatch((call) -> call.contains("UNAVAILABLE") || call.contains("CANCELLED"));
		assertAllTimedOut(network);
	}

	/**
	 * The end that hears nothing gives up after the idle time-out, without a word that
	 * could arrive. The other end goes on to hear it until then, but no acknowledgement.
	 */
	@ParameterizedTest
	@EnumSource
	void oneDeafEndIsEnough(Direction direction) {
		Network network = network(IDLE);
		this.report.fault("7 blackhole " + direction, SIZE + IDLE.toSeconds() + " s").calls(network.ledger());
		long begun = System.nanoTime();
		network.relay().rules(direction, BLACKHOLE);
		boolean clientsFirst = direction == Direction.TO_CLIENT;
		if (clientsFirst) {
			awaitClientsKnow(network);
			this.report.measuredSince("deaf ends (clients) know after", begun);
		}
		else {
			awaitServerKnows(network);
			this.report.measuredSince("deaf end (server) knows after", begun);
		}
		awaitClientsKnow(network);
		awaitServerKnows(network);
		this.report.measuredSince("both ends know after", begun);
		List<CloseReason> hearing = clientsFirst ? network.server().log().reasons()
				: network.clients().stream().flatMap((client) -> client.log().reasons().stream()).toList();
		assertThat(hearing).as("ends that hear, but are not heard, as who is deaf may be, too")
			.allMatch((reason) -> reason.code() == CloseCode.UNHEARD
					|| reason.description().contains("nothing that was sent was acknowledged"));
		network.relay().rules(RelayRules.NONE);
		long healed = System.nanoTime();
		network.awaitAllConnected();
		this.report.measuredSince("all back after", healed);
		network.awaitMoreCalls();
		network.finish();
	}

	private Network network(Duration idle) {
		TransportSettings settings = TestWires.settings().withIdle(idle, Duration.ZERO).withSetupTimeout(SETUP_TIMEOUT);
		return new Network(this.peers, CLIENTS, CALLS_PER_SECOND, settings,
				(builder) -> builder.reconnect(Network.QUICK));
	}

	private static void awaitClientsKnow(Network network) {
		await().atMost(Network.PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(network.clients())
				.allSatisfy((client) -> assertThat(client.log().reasons()).isNotEmpty()));
	}

	private static void awaitServerKnows(Network network) {
		await().atMost(Network.PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(network.server().log().reasons()).hasSizeGreaterThanOrEqualTo(CLIENTS));
	}

	private static void assertAllTimedOut(Network network) {
		for (TestClient client : network.clients()) {
			assertThat(client.log().reasons()).isNotEmpty()
				.allSatisfy((reason) -> assertThat(reason.origin()).isEqualTo(Origin.TIMEOUT));
		}
		assertThat(network.server().log().reasons()).hasSizeGreaterThanOrEqualTo(CLIENTS);
	}

}
