package io.brpc.interop;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.AdmissionLimits;
import io.brpc.CloseCode;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import io.brpc.testing.UdpRelay.Direction;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreeterGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tech.kwik.core.QuicStream;
import tech.kwik.core.impl.QuicClientConnectionImpl.ExtendedBuilder;
import tech.kwik.core.impl.TransportParameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * An independent QUIC stack as the client of our server, well behaved and not.
 */
@Timeout(120)
class KwikTests {

	private static final int UNKNOWN_VERSION = 0x1a2a3a4a;

	/**
	 * kwik has a race: when a Retry arrives before it has noted what it sent, it gives
	 * up. On a network without any delay that happens.
	 */
	private static final RelayRules SLOW = RelayRules.NONE.withDelay(Duration.ofMillis(2), Duration.ZERO);

	private CallingBackServer server;

	private UdpRelay relay;

	@BeforeEach
	void start() {
		this.server = new CallingBackServer();
		this.relay = UdpRelay.to(this.server.server().getPort()).rules(SLOW);
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
		this.relay.close();
	}

	private int port() {
		return this.relay.port();
	}

	@Test
	void connectsThroughARetry() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			assertThat(client.connection().isConnected()).isTrue();
			// The server says so, and binds it to the handshake (RFC 9000, section 7.3).
			assertThat(client.connection().getPeerTransportParameters().getRetrySourceConnectionId()).isNotEmpty();
		}
	}

	@Test
	void connectsWithoutARetryWhereNoneIsAskedFor() throws Exception {
		try (CallingBackServer trusting = new CallingBackServer(
				(builder) -> builder.admissionLimits(new AdmissionLimits(10, 10, 10, 1)), Duration.ofSeconds(5));
				KwikClient client = KwikClient.connect(trusting.server().getPort())) {
			assertThat(client.connection().getPeerTransportParameters().getRetrySourceConnectionId()).isNull();
			assertThat(client.readId()).isNotNull();
		}
	}

	@Test
	void getsTheConnectionIdAndAStreamWithThePrefaceOfHttp2() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			assertThat(client.readId()).isNotNull();
			QuicStream reverse = client.reverse();
			assertThat(reverse.isServerInitiatedBidirectional()).isTrue();
			InputStream in = reverse.getInputStream();
			assertThat(in.readNBytes(Http2Bytes.PREFACE.length)).isEqualTo(Http2Bytes.PREFACE);
			Http2Bytes.awaitFrame(in, Http2Bytes.SETTINGS);
		}
	}

	@Test
	void isRegisteredUnderTheIdThatItWasTold() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			client.openForward();
			var id = client.readId();
			await().until(() -> this.server.server().connections().find(id).isPresent());
		}
	}

	@Test
	void survivesUpdatesOfTheKeysByTheClient() throws Exception {
		try (KwikGrpcPeer peer = new KwikGrpcPeer(port(), new NamerService("kwik"))) {
			for (int i = 0; i < 4; i++) {
				assertThat(greet(peer)).isEqualTo("Hello kwik");
				peer.quic().connection().updateKeys();
			}
			assertThat(greet(peer)).isEqualTo("Hello kwik");
			assertThat(this.server.connected()).hasSize(1);
		}
	}

	@Test
	void wrongAlpnIsRefusedWithAlert120() {
		assertThatThrownBy(() -> connectAndClose((builder) -> builder.applicationProtocol("h3")))
			.isInstanceOf(IOException.class)
			.hasMessageContaining("TLS error 120");
		assertThat(this.server.connected()).isEmpty();
	}

	@Test
	void callsBothWaysThroughABadNetwork() throws Exception {
		this.relay.rules(SLOW.withLoss(0.05).withDuplicates(0.05).withReordering(0.1));
		try (KwikGrpcPeer peer = new KwikGrpcPeer(port(), new NamerService("kwik"), ExerciseService.named("kwik"))) {
			assertThat(greet(peer)).as(this.relay.toString()).isEqualTo("Hello kwik");
			for (int i = 0; i < 2; i++) {
				assertThat(new ExerciseCalls(peer.channel(), 1000).kinds()).as(this.relay.toString())
					.isEqualTo(ExerciseCalls.answers("java", "|" + ExerciseCalls.answers("kwik", "")));
			}
		}
		assertThat(this.relay.lost(Direction.TO_SERVER)).isPositive();
		assertThat(this.relay.lost(Direction.TO_CLIENT)).isPositive();
	}

	@Test
	void unknownVersionIsAnsweredWithTheVersionsThatWeHave() throws Exception {
		byte[] answer = send(longHeader(UNKNOWN_VERSION, 1200));
		ByteBuffer packet = ByteBuffer.wrap(answer);
		assertThat(packet.get() & 0x80).isEqualTo(0x80);
		assertThat(packet.getInt()).as("version of a Version Negotiation packet").isZero();
		assertThat(cid(packet)).as("destination CID").isEqualTo(new byte[] { 9, 9, 9, 9 });
		assertThat(cid(packet)).as("source CID").isEqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
		boolean one = false;
		while (packet.remaining() >= Integer.BYTES) {
			one |= packet.getInt() == 1;
		}
		assertThat(one).as("version 1 is offered").isTrue();
	}

	@Test
	void unknownVersionInAShortDatagramIsNotAnswered() throws Exception {
		try (DatagramSocket socket = new DatagramSocket()) {
			byte[] packet = longHeader(UNKNOWN_VERSION, 1199);
			InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
			socket.send(new DatagramPacket(packet, packet.length, target));
			// Whatever is answered comes before the answer to what is sent behind.
			byte[] behind = longHeader(UNKNOWN_VERSION + 0x10101010, 1200);
			behind[6] = 42;
			socket.send(new DatagramPacket(behind, behind.length, target));
			ByteBuffer answer = ByteBuffer.wrap(receive(socket), 5, 100);
			cid(answer);
			assertThat(cid(answer)[0]).isEqualTo((byte) 42);
		}
	}

	private byte[] send(byte[] packet) throws IOException {
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.send(new DatagramPacket(packet, packet.length,
					new InetSocketAddress(InetAddress.getLoopbackAddress(), port())));
			return receive(socket);
		}
	}

	private static byte[] receive(DatagramSocket socket) throws IOException {
		socket.setSoTimeout((int) Duration.ofSeconds(KwikClient.LIMIT_SECONDS).toMillis());
		DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
		socket.receive(answer);
		return ByteBuffer.allocate(Math.max(answer.getLength(), 105))
			.put(answer.getData(), 0, answer.getLength())
			.array();
	}

	/**
	 * A packet with a long header (RFC 8999, section 5.1).
	 */
	private static byte[] longHeader(int version, int size) {
		return ByteBuffer.allocate(size)
			.put((byte) 0xc0)
			.putInt(version)
			.put((byte) 8)
			.put(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })
			.put((byte) 4)
			.put(new byte[] { 9, 9, 9, 9 })
			.array();
	}

	private static byte[] cid(ByteBuffer packet) {
		byte[] cid = new byte[packet.get()];
		packet.get(cid);
		return cid;
	}

	@Test
	void malformedTransportParametersAreRefusedAndNothingIsKept() throws Exception {
		assertRefused((parameters) -> parameters.setAckDelayExponent(21));
		assertRefused((parameters) -> parameters.setActiveConnectionIdLimit(1));
		assertRefused((parameters) -> parameters.setInitialSourceConnectionId(new byte[] { 1, 2, 3 }));
		assertThat(this.server.connected()).isEmpty();
		assertOthersLive();
	}

	/**
	 * quiche puts its CONNECTION_CLOSE into a Handshake packet, for which the client has
	 * no keys yet. So the client learns no more than that nobody answers.
	 */
	private void assertRefused(Consumer<TransportParameters> change) {
		try (LogCapture log = LogCapture.of("io.brpc")) {
			assertThatThrownBy(() -> KwikClient.connectWith(port(), change)).isInstanceOf(IOException.class);
			await().untilAsserted(() -> assertThat(log.events()).isNotEmpty()
				.allSatisfy((event) -> assertThat(event.getFormattedMessage())
					.containsAnyOf("TRANSPORT_PARAMETER_ERROR", "PROTOCOL_VIOLATION")));
		}
	}

	private void connectAndClose(Consumer<ExtendedBuilder> customizer) throws IOException {
		KwikClient.connect(port(), customizer).close();
	}

	@Test
	void clientThatOpensAHundredStreamsIsSentAway() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			client.openForward();
			CompletableFuture<Void> opening = CompletableFuture.runAsync(() -> {
				try {
					for (int i = 0; i < 99; i++) {
						client.openForward();
					}
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(client.terminated().applicationErrorCode()).isEqualTo(CloseCode.UNEXPECTED_STREAM.code());
			opening.cancel(true);
		}
		assertNothingIsLeft();
		assertOthersLive();
	}

	@Test
	void clientThatResetsItsGrpcStreamLosesTheConnection() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			QuicStream forward = ready(client);
			forward.resetStream(7);
			assertThat(client.terminated().applicationErrorCode()).isEqualTo(CloseCode.STREAM_LOST.code());
		}
		assertNothingIsLeft();
		assertOthersLive();
	}

	@Test
	void clientThatResetsTheServersGrpcStreamLosesTheConnection() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			ready(client);
			client.reverse().resetStream(7);
			assertThat(client.terminated().applicationErrorCode()).isEqualTo(CloseCode.STREAM_LOST.code());
		}
		assertNothingIsLeft();
		assertOthersLive();
	}

	@Test
	void clientThatStopsReadingItsGrpcStreamLosesTheConnectionWithTheNextAnswer() throws Exception {
		try (KwikClient client = KwikClient.connect(port())) {
			QuicStream forward = ready(client);
			forward.abortReading(7);
			forward.getOutputStream().write(Http2Bytes.ping(1));
			forward.getOutputStream().flush();
			forward.getOutputStream().write(Http2Bytes.ping(2));
			forward.getOutputStream().flush();
			assertThat(client.terminated().applicationErrorCode()).isEqualTo(CloseCode.STREAM_LOST.code());
		}
		assertNothingIsLeft();
		assertOthersLive();
	}

	private static QuicStream ready(KwikClient client) throws IOException {
		QuicStream forward = client.openForward();
		forward.getOutputStream().write(Http2Bytes.ping(0));
		forward.getOutputStream().flush();
		Http2Bytes.awaitPong(forward.getInputStream());
		return forward;
	}

	private void assertNothingIsLeft() {
		await().until(() -> this.server.server().connections().all().isEmpty());
		await().until(() -> this.server.disconnected().size() == this.server.connected().size());
	}

	private void assertOthersLive() throws Exception {
		try (KwikGrpcPeer peer = new KwikGrpcPeer(port(), new NamerService("kwik"))) {
			assertThat(greet(peer)).isEqualTo("Hello kwik");
		}
	}

	private static String greet(KwikGrpcPeer peer) {
		return GreeterGrpc.newBlockingStub(peer.channel())
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.greet(GreetRequest.getDefaultInstance())
			.getGreeting();
	}

}
