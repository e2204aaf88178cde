package io.brpc;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawClose;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a client that breaks the rules gets, and that nobody else notices.
 */
class BadClientTests {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final TestCertificates certificates = TestCertificates.shared();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.brpc");

	private BrpcServer server;

	@BeforeEach
	void capturesLog() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void leavesNothing() throws Exception {
		this.logger.detachAppender(this.log);
		if (this.server != null) {
			await().untilAsserted(() -> assertThat(this.server.connections().all()).isEmpty());
			assertThat(this.server.stop(Duration.ofSeconds(5))).isTrue();
		}
	}

	@Test
	void wrongApplicationProtocolIsNamed() throws Exception {
		startServer(certificates.serverCredentials());
		TransportSettings settings = TransportSettings.defaults()
			.withApplicationProtocols("other/1")
			.withWires(Wire.BRPC_1);
		assertThat(failure(certificates.clientCredentials(), settings)).contains(
				"TLS alert 120 (no_application_protocol: no common ALPN protocol, the server has none of [other/1])");
		assertOneLogLine(
				"no common ALPN protocol; the client has to offer one that the server has, of [brpc/2, brpc/1]");
	}

	@Test
	void untrustedServerCertificateIsExplained() throws Exception {
		startServer(certificates.serverCredentials());
		assertThat(failure(new TestCertificates().clientCredentials(), TransportSettings.defaults()))
			.contains("the peer's certificate was refused", "unable to find valid certification path");
		assertOneLogLine("was not set up");
	}

	@Test
	void certificateOfAnotherHostIsExplained() throws Exception {
		startServer(
				certificates.serverCredentials(certificates.issue("CN=elsewhere", "elsewhere.test"), ClientAuth.NONE));
		assertThat(failure(certificates.clientCredentials(), TransportSettings.defaults()))
			.contains("the peer's certificate was refused", "No subject alternative DNS name matching localhost found");
		assertOneLogLine("was not set up");
	}

	@Test
	void missingClientCertificateIsNamed() throws Exception {
		startServer(certificates.serverCredentials(ClientAuth.REQUIRE));
		assertThat(failure(certificates.clientCredentials(), TransportSettings.defaults()))
			.contains("TLS alert 116 (certificate_required: the server wants a client certificate)");
		assertOneLogLine("the client showed no certificate");
	}

	@Test
	void untrustedClientCertificateIsExplainedToBoth() throws Exception {
		startServer(certificates.serverCredentials(ClientAuth.REQUIRE));
		ChannelCredentials stranger = certificates.impostor().clientCredentials("CN=stranger", certificates);
		assertThat(failure(stranger, TransportSettings.defaults())).contains("TLS alert");
		assertOneLogLine("the peer's certificate was refused");
	}

	@Test
	void secondBidirectionalStreamClosesTheConnection() throws Exception {
		startServer(certificates.serverCredentials());
		try (BrpcClient bystander = client(); RawClient raw = rawClient()) {
			assertCallWorks(bystander);
			raw.openStream(PREFACE);
			raw.openStream(PREFACE);
			assertThat(raw.awaitClose()).isEqualTo(new RawClose(true, CloseCode.UNEXPECTED_STREAM.code(),
					"a client opens exactly one bidirectional stream"));
			assertCallWorks(bystander);
			assertThat(bystander.connection()).isPresent();
		}
	}

	@Test
	void whatIsNotHttp2ClosesTheConnection() throws Exception {
		startServer(certificates.serverCredentials());
		try (BrpcClient bystander = client(); RawClient raw = rawClient()) {
			assertCallWorks(bystander);
			raw.openStream("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			RawClose close = raw.awaitClose();
			assertThat(close.code()).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
			assertThat(close.reason())
				.startsWith("forward gRPC stream: expected the HTTP/2 connection preface, got 0x474554");
			assertCallWorks(bystander);
		}
	}

	@Test
	void clientThatOpensNoStreamIsClosedInTime() throws Exception {
		startServer(certificates.serverCredentials(), Duration.ofSeconds(1));
		try (RawClient raw = rawClient()) {
			RawClose close = raw.awaitClose();
			assertThat(close.code()).isEqualTo(CloseCode.SETUP_TIMEOUT.code());
			assertThat(close.reason()).isEqualTo("no gRPC from the peer within 1000 ms");
			assertOneLogLine("SETUP_TIMEOUT");
		}
	}

	@Test
	void streamThatEndsBeforeItSaysAnythingClosesTheConnection() throws Exception {
		startServer(certificates.serverCredentials());
		try (RawClient raw = rawClient()) {
			raw.openStream(new byte[] { 'P', 'R', 'I' }).shutdownOutput();
			assertThat(raw.awaitClose().code()).isEqualTo(CloseCode.STREAM_LOST.code());
		}
	}

	@Test
	void resetOfTheForwardStreamClosesTheConnection() throws Exception {
		startServer(certificates.serverCredentials());
		try (RawClient raw = rawClient()) {
			QuicStreamChannel stream = raw.openStream(PREFACE);
			await().untilAsserted(() -> assertThat(this.server.connections().all()).hasSize(1));
			stream.shutdownOutput(7).sync();
			assertThat(raw.awaitClose().code()).isEqualTo(CloseCode.STREAM_LOST.code());
		}
	}

	@Test
	void garbageAfterThePrefaceEndsOnlyThatConnection() throws Exception {
		startServer(certificates.serverCredentials());
		try (BrpcClient bystander = client(); RawClient raw = rawClient()) {
			assertCallWorks(bystander);
			byte[] garbage = new byte[4096];
			new Random(1).nextBytes(garbage);
			raw.openStream(PREFACE).writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(garbage)).sync();
			assertThat(raw.awaitClose().application()).isTrue();
			assertCallWorks(bystander);
		}
	}

	@Test
	void garbageDatagramsAreIgnored() throws Exception {
		startServer(certificates.serverCredentials());
		long seed = System.nanoTime();
		Random random = new Random(seed);
		try (BrpcClient bystander = client(); DatagramSocket socket = new DatagramSocket()) {
			assertCallWorks(bystander);
			for (int i = 0; i < 2000; i++) {
				byte[] bytes = new byte[random.nextInt(1400)];
				random.nextBytes(bytes);
				if (i % 2 == 0 && bytes.length > 5) {
					// A long header of version 1, so that it gets as far as it can.
					bytes[0] |= (byte) 0xC0;
					System.arraycopy(new byte[] { 0, 0, 0, 1 }, 0, bytes, 1, 4);
				}
				send(socket, bytes);
			}
			assertCallWorks(bystander);
			assertThat(this.server.connections().all()).as("seed %d", seed).hasSize(1);
		}
	}

	@Test
	void smallInitialsGetNoAnswer() throws Exception {
		startServer(certificates.serverCredentials());
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.setSoTimeout(500);
			send(socket, initial(1199, 1));
			send(socket, initial(1199, 0x1a2a3a4a));
			assertThat(catchThrowableOfType(SocketTimeoutException.class, () -> receive(socket))).isNotNull();
			// The same in a datagram of full size gets a Retry: the filter does not just
			// drop all.
			send(socket, initial(1200, 1));
			byte[] retry = receive(socket);
			assertThat(retry[0] & 0xF0).isEqualTo(0xF0);
			assertThat(retry.length).isLessThan(1200);
		}
	}

	private static byte[] initial(int size, int version) {
		java.nio.ByteBuffer packet = java.nio.ByteBuffer.allocate(size);
		packet.put((byte) 0xC0).putInt(version);
		packet.put((byte) 8).put(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
		packet.put((byte) 8).put(new byte[] { 8, 7, 6, 5, 4, 3, 2, 1 });
		packet.put((byte) 0);
		packet.putShort((short) (0x4000 | (packet.remaining() - 2)));
		return packet.array();
	}

	private void send(DatagramSocket socket, byte[] bytes) throws Exception {
		socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), this.server.getPort()));
	}

	private static byte[] receive(DatagramSocket socket) throws Exception {
		DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
		socket.receive(packet);
		return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
	}

	private void startServer(ServerCredentials credentials) throws Exception {
		startServer(credentials, Duration.ofSeconds(10));
	}

	private void startServer(ServerCredentials credentials, Duration setupTimeout) throws Exception {
		this.server = BrpcServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
			.transportSettings(
					TransportSettings.defaults().withSetupTimeout(setupTimeout).withDrainTimeout(Duration.ofSeconds(1)))
			.addService(new Echo())
			.build();
		this.server.start();
	}

	private RawClient rawClient() throws Exception {
		return new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server.getPort()),
				certificates);
	}

	private BrpcClient client() {
		return BrpcClientBuilder.forAddress("localhost", this.server.getPort(), certificates.clientCredentials())
			.build();
	}

	private String failure(ChannelCredentials credentials, TransportSettings settings) {
		try (BrpcClient client = BrpcClientBuilder.forAddress("localhost", this.server.getPort(), credentials)
			.transportSettings(settings)
			.build()) {
			StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> call(client));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			return failure.getStatus().getDescription();
		}
	}

	private static void assertCallWorks(BrpcClient client) {
		assertThat(call(client).getText()).isEqualTo("hello");
	}

	private static Payload call(BrpcClient client) {
		return ExerciseGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(10, TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setText("hello").build());
	}

	private void assertOneLogLine(String words) {
		await().untilAsserted(() -> assertThat(serverLines()).singleElement().asString().contains(words));
	}

	private List<String> serverLines() {
		return List.copyOf(this.log.list)
			.stream()
			.filter((event) -> event.getLoggerName().endsWith("Acceptor"))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static final class Echo extends ExerciseGrpc.ExerciseImplBase {

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			responses.onNext(request);
			responses.onCompleted();
		}

	}

}
