package io.brpc.testing;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

import io.brpc.testing.UdpRelay.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class UdpRelayTests {

	private static final int COUNT = 1000;

	private static final String LAST = "last";

	private DatagramSocket server;

	private DatagramSocket client;

	@BeforeEach
	void open() throws IOException {
		this.server = socket();
		this.client = socket();
	}

	@AfterEach
	void close() {
		this.server.close();
		this.client.close();
	}

	private static DatagramSocket socket() throws IOException {
		DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		socket.setSoTimeout(5000);
		socket.setReceiveBufferSize(4 << 20);
		return socket;
	}

	@Test
	void withoutRulesEverythingArrivesInOrderBothWays() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort())) {
			send(relay, 0, COUNT);
			assertThat(arrivals(relay, COUNT)).isEqualTo(texts(0, COUNT));
			DatagramPacket request = receive(this.client, relay);
			assertThat(text(request)).isEqualTo(LAST);
		}
	}

	@Test
	void theSameSeedLosesAndDoublesTheSame() throws IOException {
		RelayRules rules = RelayRules.NONE.withLoss(0.2).withDuplicates(0.2);
		List<String> first;
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort(), 42).rules(Direction.TO_SERVER, rules)) {
			send(relay, 0, COUNT);
			first = arrivals(relay, COUNT);
			assertThat(relay.lost(Direction.TO_SERVER)).isBetween(COUNT / 10L, COUNT * 3 / 10L);
			assertThat(first.size()).isGreaterThan(new HashSet<>(first).size());
		}
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort(), 42).rules(Direction.TO_SERVER, rules)) {
			send(relay, 0, COUNT);
			assertThat(arrivals(relay, COUNT)).isEqualTo(first);
		}
	}

	@Test
	void reorderingLosesNothing() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort())
			.rules(Direction.TO_SERVER, RelayRules.NONE.withReordering(0.1))) {
			send(relay, 0, COUNT);
			assertThat(arrivals(relay, COUNT)).isNotEqualTo(texts(0, COUNT)).hasSameElementsAs(texts(0, COUNT));
		}
	}

	@Test
	void rulesChangeWhileItRuns() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort())) {
			relay.rules(RelayRules.NONE.withBlackhole(true));
			send(relay, 0, 10);
			await().until(() -> relay.lost(Direction.TO_SERVER) == 10);
			relay.rules(RelayRules.NONE.withDrops((index) -> index == 11));
			send(relay, 10, 13);
			assertThat(arrivals(relay, 13)).containsExactly("10", "12");
		}
	}

	@Test
	void limitedRateLosesWhatItCantKeep() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort()).rules(RelayRules.NONE.withRate(1 << 20))) {
			byte[] bytes = new byte[1000];
			for (int i = 0; i < COUNT; i++) {
				this.client.send(new DatagramPacket(bytes, bytes.length, address(relay)));
			}
			await().until(() -> relay.received(Direction.TO_SERVER) == COUNT);
			assertThat(relay.lost(Direction.TO_SERVER)).isBetween(1L, COUNT - 100L);
		}
	}

	@Test
	void whatIsTooLargeIsLost() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort()).rules(RelayRules.NONE.withMaxSize(2))) {
			send(relay, 98, 102);
			assertThat(arrivals(relay, 4)).containsExactly("98", "99");
			assertThat(relay.lost(Direction.TO_SERVER)).isEqualTo(2);
			assertThat(relay.largest(Direction.TO_SERVER)).isEqualTo(LAST.length());
		}
	}

	@Test
	void delayedOnesArrive() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort())
			.rules(RelayRules.NONE.withDelay(Duration.ofMillis(50), Duration.ofMillis(20)))) {
			send(relay, 0, 10);
			await().until(() -> relay.received(Direction.TO_SERVER) == 10);
			List<String> arrived = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				arrived.add(text(receive(this.server, relay)));
			}
			assertThat(arrived).hasSameElementsAs(texts(0, 10));
		}
	}

	@Test
	void rebindChangesThePortThatTheServerSees() throws IOException {
		try (UdpRelay relay = UdpRelay.to(this.server.getLocalPort())) {
			send(relay, 0, 1);
			int before = receive(this.server, relay).getPort();
			relay.rebind();
			await().until(() -> {
				send(relay, 1, 2);
				return receive(this.server, relay).getPort() != before;
			});
		}
	}

	private void send(UdpRelay relay, int from, int to) throws IOException {
		for (String text : texts(from, to)) {
			byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
			this.client.send(new DatagramPacket(bytes, bytes.length, address(relay)));
		}
	}

	private static List<String> texts(int from, int to) {
		return IntStream.range(from, to).mapToObj(Integer::toString).toList();
	}

	private static InetSocketAddress address(UdpRelay relay) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.port());
	}

	/**
	 * Waits until all that was sent is through, which a last datagram shows that is slow
	 * and has no bad luck, and sends that back.
	 */
	private List<String> arrivals(UdpRelay relay, int sent) throws IOException {
		await().until(() -> relay.received(Direction.TO_SERVER) == sent);
		List<String> arrived = new ArrayList<>();
		relay.rules(RelayRules.NONE.withDelay(Duration.ofMillis(100), Duration.ZERO));
		byte[] last = LAST.getBytes(StandardCharsets.US_ASCII);
		this.client.send(new DatagramPacket(last, last.length, address(relay)));
		while (true) {
			DatagramPacket packet = receive(this.server, relay);
			if (text(packet).equals(LAST)) {
				this.server.send(packet);
				return arrived;
			}
			arrived.add(text(packet));
		}
	}

	private static DatagramPacket receive(DatagramSocket socket, UdpRelay relay) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
		try {
			socket.receive(packet);
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("nothing arrived through " + relay, ex);
		}
		return packet;
	}

	private static String text(DatagramPacket packet) {
		return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
	}

}
