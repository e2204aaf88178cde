package io.brpc.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.brpc.testing.CallKind;
import io.brpc.testing.FaultReport;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.UdpRelay;
import io.brpc.testing.UdpRelay.Direction;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients of which each loses another one of the first packets.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class HandshakeLossTests {

	private static final int PACKETS = 10;

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@Test
	void anyOneOfTheFirstPacketsMayBeLost() {
		this.report.fault("4 one of the first 10 packets lost", "20 clients, 10 for each direction");
		TestServer server = this.peers.server();
		List<Attempt> attempts = new ArrayList<>();
		for (Direction direction : Direction.values()) {
			for (int lost = 0; lost < PACKETS; lost++) {
				attempts.add(new Attempt(server, direction, lost));
			}
		}
		await().atMost(Network.PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(attempts).allMatch(Attempt::isConnected));
		this.report.measured("connected", attempts.size() + " of " + attempts.size())
			.measured("slowest", attempts.stream().map(Attempt::time).max(Duration::compareTo).orElseThrow());
		attempts.forEach(Attempt::verify);
		assertThat(server.log().reasons()).as("connections that did not last").isEmpty();
	}

	/**
	 * A client with a relay of its own.
	 */
	private final class Attempt {

		private final UdpRelay relay;

		private final Direction direction;

		private final TestServer server;

		private final TestClient client;

		private final long begun = System.nanoTime();

		private volatile long connected;

		Attempt(TestServer server, Direction direction, int lost) {
			this.server = server;
			this.direction = direction;
			this.relay = HandshakeLossTests.this.peers.add(UdpRelay.to(server.port()));
			this.relay.rules(direction, RelayRules.NONE.withDrops((index) -> index == lost));
			this.client = HandshakeLossTests.this.peers.dialing("localhost:" + this.relay.port(), (builder) -> {
			});
		}

		boolean isConnected() {
			if (this.connected == 0 && this.client.client().connection().isPresent()) {
				this.connected = System.nanoTime();
			}
			return this.connected != 0;
		}

		Duration time() {
			return Duration.ofNanos(this.connected - this.begun);
		}

		/**
		 * The set-up may need fewer packets: calls make up for them.
		 */
		void verify() {
			await().atMost(Network.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
				assertThat(CallKind.UNARY.ask(this.client.channel(), Payloads.text("hello")).getText())
					.isEqualTo("hello");
				return this.relay.lost(this.direction) == 1;
			});
			this.server.awaitConnection(this.client.awaitConnection().id());
		}

		@Override
		public String toString() {
			return this.direction + " through " + this.relay;
		}

	}

}
