package io.brpc;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import com.google.protobuf.ByteString;
import io.brpc.testing.CallKind;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.UdpRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One attempt to connect, on paths where handshakes take long.
 */
@ExtendWith(Leaks.class)
class DialTests {

	/**
	 * QUIC sends the first packet of one handshake again after 1 s, 3 s and 7 s.
	 */
	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withSetupTimeout(Duration.ofSeconds(20));

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void anotherHandshakeBeginsAsLongAsNothingArrives() throws Exception {
		try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			silent.setSoTimeout(10_000);
			this.peers.dialing("127.0.0.1:" + silent.getLocalPort(), (builder) -> builder.transportSettings(SETTINGS));
			Set<Integer> ports = new HashSet<>();
			Set<ByteString> handshakes = new HashSet<>();
			while (handshakes.size() < 3) {
				DatagramPacket packet = receive(silent);
				ports.add(packet.getPort());
				assertThat(ports).as("sockets, of which each attempt has one").hasSize(1);
				handshakes.add(destinationCid(packet));
			}
		}
	}

	private static DatagramPacket receive(DatagramSocket socket) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
		socket.receive(packet);
		return packet;
	}

	/**
	 * RFC 9000, section 17.2: a byte, the version, the CID's length.
	 */
	private static ByteString destinationCid(DatagramPacket packet) {
		byte[] bytes = packet.getData();
		return ByteString.copyFrom(ByteBuffer.wrap(bytes, 6, bytes[5]));
	}

	@Test
	void aSlowPathCarriesOneConnectionAllTheSame() {
		TestServer server = this.peers.server((builder) -> builder.transportSettings(SETTINGS));
		UdpRelay relay = this.peers.add(UdpRelay.to(server.port()))
			.rules(RelayRules.NONE.withDelay(Duration.ofMillis(700), Duration.ZERO));
		TestClient client = this.peers.dialing("localhost:" + relay.port(),
				(builder) -> builder.transportSettings(SETTINGS));
		BrpcConnection connection = client.awaitConnection();
		assertThat(server.awaitConnection(connection.id()).id()).isEqualTo(connection.id());
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("slow")).getText()).isEqualTo("slow");
		assertThat(server.connections().all()).hasSize(1);
		assertThat(client.log().reasons()).isEmpty();
		relay.rules(RelayRules.NONE);
	}

}
