package io.brpc;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.internal.brpc2.frame.Varint;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of those who send more than the other end reads, and of those who stop to
 * read.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class SendQueueLimitTests {

	private static final long LIMIT = 1 << 20;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration IDLE = Duration.ofSeconds(1);

	private static final Payload PIECE = Payloads.ofSize(64 << 10);

	/**
	 * Far more than may wait and than any window takes.
	 */
	private static final int MANY = 500;

	/**
	 * Asks for as much, and fits into the window that a stream of HTTP/2 has until
	 * SETTINGS are acknowledged, 65,535 bytes (RFC 9113, section 6.9.2).
	 */
	private static final Payload REQUEST_FOR_MANY = Payloads.ofSize(32 << 10).toBuilder().setCount(2 * MANY).build();

	@RegisterExtension
	final Peers peers = new Peers();

	/**
	 * Who calls.
	 */
	enum Direction {

		FORWARD, REVERSE

	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatSendsMoreThanItsCallerReadsIsCancelled(Direction direction) {
		Flood flood = new Flood();
		Pair pair = new Pair(direction, flood);
		Recorder slow = Recorder.stalled();
		ExerciseGrpc.newStub(pair.caller()).serverStream(Payloads.count(MANY), slow);
		assertThat(flood.awaitCancellation()).isTrue();
		// What has arrived is the caller's, and comes before the status.
		slow.call().request(MANY);
		assertThat(slow.awaitEnd().getCode()).isEqualTo(refusal());
		assertThat(slow.messages()).hasSizeLessThan(MANY);
		assertThat(CallKind.UNARY.ask(pair.caller(), PIECE)).isEqualTo(PIECE);
		pair.awaitEmptyQueues();
	}

	@ParameterizedTest
	@EnumSource
	void aCallerThatSendsMoreThanTheHandlerReadsIsToldSo(Direction direction) {
		Unread unread = new Unread();
		Pair pair = new Pair(direction, unread);
		Recorder answer = Recorder.reading();
		StreamObserver<Payload> requests = ExerciseGrpc.newStub(pair.caller()).clientStream(answer);
		// A call that fails before it has gone out has no handler to be cancelled.
		unread.awaitStart();
		for (int i = 0; i < MANY; i++) {
			requests.onNext(PIECE);
		}
		Status status = answer.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(status.getDescription()).contains("bytes queued towards brpc connection " + pair.connection().id())
			.contains("limit is " + LIMIT)
			.contains("isReady()");
		assertThat(unread.awaitCancellation()).isTrue();
		assertThat(CallKind.UNARY.ask(pair.caller(), PIECE)).isEqualTo(PIECE);
		pair.awaitEmptyQueues();
	}

	@Test
	void aCallThatWaitsForItsReaderHurtsNobody() {
		TestServer server = this.peers.server((builder) -> builder.transportSettings(impatient()));
		TestClient client = this.peers.client(server, (builder) -> builder.transportSettings(impatient()));
		Recorder slow = Recorder.stalled();
		ExerciseGrpc.newStub(client.channel()).serverStream(PIECE.toBuilder().setCount(100).build(), slow);
		callFor(IDLE.multipliedBy(2), client.channel());
		assertThat(slow.hasEnded()).isFalse();
		slow.call().request(100);
		assertThat(slow.awaitEnd()).isEqualTo(Status.OK);
		assertThat(slow.messages()).hasSize(100);
	}

	@Test
	void aPeerThatStopsToReadIsCutOffAndTheOthersAreNot() throws Exception {
		TestServer server = this.peers.server((builder) -> builder.transportSettings(impatient()));
		List<TestClient> others = List.of(this.peers.client(server), this.peers.client(server));
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
		try (RawClient raw = new RawClient(address, TestCertificates.shared(), TestWires.wire())) {
			QuicStreamChannel stream = callAndReadNothing(raw, REQUEST_FOR_MANY);
			// The server is asked: one that takes nothing may not hear of it.
			await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
				stream.writeAndFlush(Unpooled.wrappedBuffer(unknownFrame()));
				others.forEach((other) -> CallKind.UNARY.ask(other.channel(), Payloads.text("on time")));
				return !server.log().reasons().isEmpty();
			});
			assertThat(server.log().reasons()).singleElement().satisfies((reason) -> {
				assertThat(reason.code()).isEqualTo(CloseCode.STALLED);
				assertThat(reason.origin()).isEqualTo(CloseReason.Origin.LOCAL);
				assertThat(reason.description()).contains(streamName(stream))
					.contains("read nothing for " + IDLE.toMillis() + " ms");
			});
		}
		assertThat(others).allSatisfy((other) -> assertThat(other.log().reasons()).isEmpty());
	}

	@Test
	void theFiguresOfAConnectionShowWhatIsUnderWay() throws Exception {
		TestServer server = this.peers.server();
		HangingService hanging = new HangingService();
		server.serve(hanging);
		TestClient client = this.peers.client(server);
		BrpcConnection near = client.awaitConnection();
		BrpcConnection far = server.awaitConnection(near.id());
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(PIECE, call);
		hanging.awaitStart();
		ConnectionStats nearStats = near.stats().toCompletableFuture().get(30, TimeUnit.SECONDS);
		assertThat(nearStats.outboundCalls()).isEqualTo(1);
		assertThat(nearStats.inboundCalls()).isZero();
		ConnectionStats farStats = far.stats().toCompletableFuture().get(30, TimeUnit.SECONDS);
		assertThat(farStats.outboundCalls()).isZero();
		assertThat(farStats.inboundCalls()).isEqualTo(1);
		call.call().cancel("enough", null);
		hanging.awaitCancellation();
		await().atMost(PATIENCE)
			.until(() -> far.stats().toCompletableFuture().get(30, TimeUnit.SECONDS).inboundCalls() == 0);
	}

	/**
	 * On brpc/1 all that a handler can do to its call is to reset it; brpc/2 says why.
	 */
	private static Status.Code refusal() {
		return switch (TestWires.wire()) {
			case BRPC_1 -> Status.Code.CANCELLED;
			case BRPC_2 -> Status.Code.RESOURCE_EXHAUSTED;
		};
	}

	private static TransportSettings impatient() {
		return TestWires.settings().withIdle(IDLE, Duration.ZERO);
	}

	private static QuicStreamChannel callAndReadNothing(RawClient raw, Payload request) throws Exception {
		return switch (TestWires.wire()) {
			case BRPC_1 -> raw.openUnreadStream(Http2.call(request));
			case BRPC_2 -> {
				raw.openStream(QuicStreamType.UNIDIRECTIONAL, Frames.CONTROL);
				yield raw.openUnreadStream(Frames.call(request));
			}
		};
	}

	private static byte[] unknownFrame() {
		return switch (TestWires.wire()) {
			case BRPC_1 -> Http2.UNKNOWN_FRAME;
			case BRPC_2 -> Frames.UNKNOWN_FRAME;
		};
	}

	private static String streamName(QuicStreamChannel stream) {
		return switch (TestWires.wire()) {
			case BRPC_1 -> "forward gRPC stream";
			case BRPC_2 -> "stream " + stream.streamId();
		};
	}

	private static void callFor(Duration time, Channel channel) {
		long end = System.nanoTime() + time.toNanos();
		await().atMost(time.plus(PATIENCE)).pollInterval(Duration.ofMillis(50)).until(() -> {
			CallKind.UNARY.ask(channel, Payloads.text("meanwhile"));
			return System.nanoTime() - end > 0;
		});
	}

	/**
	 * A server and a client that send little, one of which calls a service of the other.
	 */
	private final class Pair {

		private final BrpcConnection near;

		private final BrpcConnection far;

		private final Direction direction;

		Pair(Direction direction, ExerciseService service) {
			this.direction = direction;
			TransportSettings settings = TestWires.settings().withMaxQueuedBytes(LIMIT);
			TestServer server = SendQueueLimitTests.this.peers.server((builder) -> builder.transportSettings(settings))
				.serve(service);
			TestClient client = SendQueueLimitTests.this.peers.client(server,
					(builder) -> builder.transportSettings(settings).addService(service));
			this.near = client.awaitConnection();
			this.far = server.awaitConnection(this.near.id());
		}

		BrpcConnection connection() {
			return this.near;
		}

		Channel caller() {
			return ((this.direction == Direction.FORWARD) ? this.near : this.far).channel();
		}

		void awaitEmptyQueues() {
			for (BrpcConnection end : List.of(this.near, this.far)) {
				await().atMost(PATIENCE)
					.until(() -> end.stats().toCompletableFuture().get(30, TimeUnit.SECONDS).queuedBytes() == 0);
			}
		}

	}

	/**
	 * Sends as fast as it can, until it is cancelled. Knows of one call.
	 */
	private static final class Flood extends ExerciseService {

		private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

		@Override
		public void serverStream(Payload request, StreamObserver<Payload> responses) {
			ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
			call.setOnCancelHandler(() -> this.cancelled.complete(true));
			for (int i = 0; i < request.getCount(); i++) {
				call.onNext(PIECE);
			}
		}

		boolean awaitCancellation() {
			return this.cancelled.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		}

	}

	/**
	 * Reads nothing of a stream. Knows of one call.
	 */
	private static final class Unread extends ExerciseService {

		private final CompletableFuture<Void> started = new CompletableFuture<>();

		private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

		@Override
		public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
			ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
			call.disableAutoRequest();
			call.setOnCancelHandler(() -> this.cancelled.complete(true));
			this.started.complete(null);
			return super.clientStream(responses);
		}

		void awaitStart() {
			this.started.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		}

		boolean awaitCancellation() {
			return this.cancelled.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		}

	}

	/**
	 * HTTP/2 by hand (RFC 9113).
	 */
	private static final class Http2 {

		/**
		 * Of a type that nobody knows, so that it has to be ignored (section 4.1).
		 */
		static final byte[] UNKNOWN_FRAME = { 0, 0, 0, (byte) 0xbe, 0, 0, 0, 0, 0 };

		private static final int MAX_WINDOW = Integer.MAX_VALUE;

		/**
		 * Returns a whole connection: windows that never close, and one call.
		 * @param request the request
		 * @return the bytes
		 */
		static byte[] call(Payload request) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			bytes.writeBytes(frame(4, 0, 0, settings()));
			bytes.writeBytes(frame(8, 0, 0, number(MAX_WINDOW - 65535)));
			bytes.writeBytes(frame(1, 4, 1, headers()));
			byte[] message = request.toByteArray();
			ByteArrayOutputStream data = new ByteArrayOutputStream();
			data.write(0);
			data.writeBytes(number(message.length));
			data.writeBytes(message);
			byte[] all = data.toByteArray();
			int max = 16384;
			for (int from = 0; from < all.length; from += max) {
				int to = Math.min(from + max, all.length);
				bytes.writeBytes(frame(0, (to == all.length) ? 1 : 0, 1, Arrays.copyOfRange(all, from, to)));
			}
			return bytes.toByteArray();
		}

		private static byte[] settings() {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			bytes.write(0);
			bytes.write(4);
			bytes.writeBytes(number(MAX_WINDOW));
			return bytes.toByteArray();
		}

		private static byte[] headers() {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			header(bytes, ":method", "POST");
			header(bytes, ":scheme", "http");
			header(bytes, ":path", "/" + ExerciseGrpc.getServerStreamMethod().getFullMethodName());
			header(bytes, ":authority", "localhost");
			header(bytes, "content-type", "application/grpc");
			header(bytes, "te", "trailers");
			return bytes.toByteArray();
		}

		private static void header(ByteArrayOutputStream bytes, String name, String value) {
			bytes.write(0);
			bytes.write(name.length());
			bytes.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
			bytes.write(value.length());
			bytes.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
		}

		private static byte[] frame(int type, int flags, int stream, byte[] payload) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			bytes.write(payload.length >> 16);
			bytes.write(payload.length >> 8);
			bytes.write(payload.length);
			bytes.write(type);
			bytes.write(flags);
			bytes.writeBytes(number(stream));
			bytes.writeBytes(payload);
			return bytes.toByteArray();
		}

		private static byte[] number(int value) {
			return new byte[] { (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value };
		}

	}

	/**
	 * brpc/2 by hand.
	 */
	private static final class Frames {

		/**
		 * A control stream, whose SETTINGS give each call a window that never closes.
		 */
		static final byte[] CONTROL = { 0x01, 8, 0x01, 9, 5, -1, -1, -1, -1, 7 };

		/**
		 * Of a type that nobody knows, so that it has to be ignored.
		 */
		static final byte[] UNKNOWN_FRAME = { 1, 0x7f };

		/**
		 * Returns a stream of its own for a call with one request.
		 * @param request the request
		 * @return the bytes
		 */
		static byte[] call(Payload request) {
			byte[] path = ExerciseGrpc.getServerStreamMethod().getFullMethodName().getBytes(StandardCharsets.US_ASCII);
			byte[] message = request.toByteArray();
			ByteBuf bytes = Unpooled.buffer().writeByte(0x03);
			// CALL: number 0, which is followed by the method's path.
			bytes.writeByte(5 + path.length).writeByte(0x10).writeByte(0).writeByte(1).writeByte(0);
			bytes.writeByte(path.length).writeBytes(path);
			// MESSAGE
			Varint.write(bytes, 2 + message.length);
			bytes.writeByte(0x13).writeByte(0).writeBytes(message);
			// HALF_CLOSE
			bytes.writeByte(1).writeByte(0x14);
			return ByteBufUtil.getBytes(bytes);
		}

	}

}
