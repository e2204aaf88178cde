package io.brpc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.RawClose;
import io.brpc.testing.RawServer;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a client makes of a server that breaks the rules: the call fails with words, the
 * server is told, nothing is kept.
 */
class BadServerTests {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] GARBAGE = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final TestCertificates certificates = TestCertificates.shared();

	private final byte[] id = ConnectionId.random().toBytes();

	@ParameterizedTest
	@CsvSource({ "15, true, only 15 bytes of 16", "17, true, more than 16 bytes", "17, false, more than 16 bytes",
			"0, true, only 0 bytes of 16" })
	void connectionIdOfAnotherLengthIsRefused(int length, boolean fin, String words) throws Exception {
		try (RawServer server = server((connection) -> sendId(connection, Arrays.copyOf(this.id, length), fin),
				BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("BAD_CONNECTION_ID (0xb002), " + words);
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.BAD_CONNECTION_ID.code());
		}
	}

	@Test
	void connectionIdWithoutFinTimesOut() throws Exception {
		try (RawServer server = server((connection) -> sendId(connection, this.id, false),
				BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("connection ID did not come within 1000 ms");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.SETUP_TIMEOUT.code());
		}
	}

	@Test
	void noConnectionIdTimesOut() throws Exception {
		try (RawServer server = server((connection) -> {
		}, BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("connection ID did not come within 1000 ms");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.SETUP_TIMEOUT.code());
		}
	}

	@Test
	void secondConnectionIdIsRefused() throws Exception {
		try (RawServer server = server((connection) -> {
			sendId(connection, this.id, true);
			sendId(connection, this.id, true);
		}, BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("UNEXPECTED_STREAM (0xb003)",
					"a server opens exactly one unidirectional stream");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.UNEXPECTED_STREAM.code());
		}
	}

	@Test
	void secondReverseStreamIsRefused() throws Exception {
		try (RawServer server = server((connection) -> {
			sendId(connection, this.id, true);
			RawServer.send(connection, QuicStreamType.BIDIRECTIONAL, PREFACE, false);
			RawServer.send(connection, QuicStreamType.BIDIRECTIONAL, PREFACE, false);
		}, BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("UNEXPECTED_STREAM (0xb003)",
					"a server opens exactly one bidirectional stream");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.UNEXPECTED_STREAM.code());
		}
	}

	@Test
	void serverThatNeverSpeaksGrpcTimesOut() throws Exception {
		try (RawServer server = server((connection) -> sendId(connection, this.id, true), BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("SETUP_TIMEOUT (0xb001), no gRPC from the peer within 1000 ms");
			assertThat(server.awaitClose())
				.isEqualTo(new RawClose(true, CloseCode.SETUP_TIMEOUT.code(), "no gRPC from the peer within 1000 ms"));
		}
	}

	@Test
	void answerThatIsNotHttp2IsRefused() throws Exception {
		try (RawServer server = server((connection) -> sendId(connection, this.id, true),
				(stream) -> stream.eventLoop().execute(() -> stream.writeAndFlush(Unpooled.copiedBuffer(GARBAGE))))) {
			assertThat(failure(server)).contains("PROTOCOL_ERROR (0xb004)",
					"forward gRPC stream: expected an HTTP/2 SETTINGS frame, got 0x485454502f31");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
		}
	}

	@Test
	void reverseStreamThatIsNotHttp2IsRefused() throws Exception {
		try (RawServer server = server((connection) -> {
			sendId(connection, this.id, true);
			RawServer.send(connection, QuicStreamType.BIDIRECTIONAL, GARBAGE, false);
		}, BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("reverse gRPC stream: expected the HTTP/2 connection preface");
			assertThat(server.awaitClose().code()).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
		}
	}

	@Test
	void serverThatClosesAtOnceIsQuoted() throws Exception {
		try (RawServer server = server((connection) -> connection.close(true, 0x64,
				Unpooled.copiedBuffer("no room", StandardCharsets.US_ASCII)), BadServerTests::staySilent)) {
			assertThat(failure(server)).contains("closed by the peer: SERVER_SHUTDOWN (0x64), no room");
		}
	}

	@Test
	void nobodyListeningIsToldAtOnce() throws Exception {
		int port;
		try (RawServer server = server((connection) -> {
		}, BadServerTests::staySilent)) {
			port = server.port();
		}
		assertThat(failure("127.0.0.1", port)).contains("no brpc connection to /127.0.0.1:" + port).contains("refused");
	}

	@Test
	void unknownHostIsNamed() {
		assertThat(failure("no-such-host.invalid", 1)).contains("no-such-host.invalid");
	}

	private static void staySilent(QuicStreamChannel stream) {
	}

	private static RawServer server(Consumer<QuicChannel> script, Consumer<QuicStreamChannel> onStream)
			throws Exception {
		return new RawServer(certificates, script, onStream);
	}

	private static void sendId(QuicChannel connection, byte[] bytes, boolean fin) {
		RawServer.send(connection, QuicStreamType.UNIDIRECTIONAL, bytes, fin);
	}

	private static String failure(RawServer server) {
		return failure("localhost", server.port());
	}

	private static String failure(String host, int port) {
		try (BrpcClient client = BrpcClientBuilder.forAddress(host, port, certificates.clientCredentials())
			.transportSettings(TransportSettings.defaults().withSetupTimeout(Duration.ofSeconds(1)))
			.reconnect(new ReconnectSettings(false, Duration.ofSeconds(1), Duration.ofSeconds(1)))
			.build()) {
			StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
					() -> ExerciseGrpc.newBlockingStub(client.channel())
						.withDeadlineAfter(10, TimeUnit.SECONDS)
						.unary(Payload.getDefaultInstance()));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			return failure.getStatus().getDescription();
		}
	}

}
