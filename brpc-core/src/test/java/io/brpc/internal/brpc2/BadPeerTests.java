package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.google.common.util.concurrent.ListenableFuture;
import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.Varint;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.brpc.internal.brpc2.RawFrames.call;
import static io.brpc.internal.brpc2.RawFrames.claim;
import static io.brpc.internal.brpc2.RawFrames.control;
import static io.brpc.internal.brpc2.RawFrames.frame;
import static io.brpc.internal.brpc2.RawFrames.settled;
import static io.brpc.internal.brpc2.RawFrames.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A peer that breaks a rule loses its connection, and is told which rule.
 */
@ExtendWith(Leaks.class)
class BadPeerTests {

	private static final byte[] UNARY = "brpc.test.Exercise/Unary".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] CLIENT_STREAM = "brpc.test.Exercise/ClientStream".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] SERVER_STREAM = "brpc.test.Exercise/ServerStream".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] BIDI = "brpc.test.Exercise/BidiStream".getBytes(StandardCharsets.US_ASCII);

	private SessionPeer server;

	private RawSessionPeer client;

	@BeforeEach
	void connect() {
		this.server = new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run,
				List.of(new Unanswering()));
		this.client = new RawSessionPeer(this.server);
	}

	@AfterEach
	void close() throws Exception {
		this.client.close();
	}

	static Stream<Arguments> badStreams() {
		QuicStreamType uni = QuicStreamType.UNIDIRECTIONAL;
		QuicStreamType bidi = QuicStreamType.BIDIRECTIONAL;
		CloseCode unexpected = CloseCode.UNEXPECTED_STREAM;
		CloseCode protocol = CloseCode.PROTOCOL_ERROR;
		return Stream.of(Arguments.of("a stream of no kind", uni, stream(0x07), unexpected, "begins with 0x7"),
				Arguments.of("a control stream in two directions", bidi, settled(), unexpected, "begins with 0x1"),
				Arguments.of("a lane in one direction", uni, stream(StreamKind.LANE), unexpected, "begins with 0x2"),
				Arguments.of("a second control stream", uni, settled(), unexpected, "is a second control stream"),
				Arguments.of("an answer to nothing", uni, stream(StreamKind.ANSWER, new byte[] { 7 }), unexpected,
						"answers call 7, which is not in flight on a lane"),
				Arguments.of("a call number that does not end", uni,
						stream(StreamKind.ANSWER, new byte[] { -1, -1, -1, -1, -1, -1, -1, -1, -1 }), protocol,
						"stream 6 has a malformed call number"),
				Arguments.of("a message on a lane", bidi, stream(StreamKind.LANE, frame(FrameType.MESSAGE, 0)),
						protocol, "MESSAGE at 1 of stream 0: does not belong here"),
				Arguments.of("a frame that claims too much", bidi,
						stream(StreamKind.LANE, claim(Long.MAX_VALUE, FrameType.CALL)), protocol,
						"CALL at 1 of stream 0: length is 9223372036854775807, limit is 16384"),
				Arguments.of("a call that is used twice", bidi,
						stream(StreamKind.LANE, call(5, 1, UNARY), call(5, 1, null)), protocol,
						"CALL at 31 of stream 0: call 5 comes behind call 5"),
				Arguments.of("a call that comes out of turn", bidi,
						stream(StreamKind.LANE, call(5, 1, UNARY), call(4, 1, null)), protocol,
						"CALL at 31 of stream 0: call 4 comes behind call 5"),
				Arguments.of("a length that does not end", bidi,
						stream(StreamKind.LANE, new byte[] { -1, -1, -1, -1, -1, -1, -1, -1, -1 }), protocol,
						"frame at 1 of stream 0: length is a varint that does not end within 9 bytes"),
				Arguments.of("a length of nothing", bidi, stream(StreamKind.LANE, new byte[1]), protocol,
						"frame at 1 of stream 0: length is 0"),
				Arguments.of("a call that claims too much on its own stream", bidi,
						stream(StreamKind.OWN, claim(1L << 40, FrameType.CALL)), protocol,
						"CALL at 1 of stream 0: length is 1099511627776, limit is 10240"),
				Arguments.of("a method that was never defined", bidi, stream(StreamKind.LANE, call(0, 9, null)),
						protocol, "CALL at 1 of stream 0: method 9 was never defined"),
				Arguments.of("a method that is defined out of turn", bidi, stream(StreamKind.LANE, call(0, 2, UNARY)),
						protocol, "CALL at 1 of stream 0: method 2 is defined out of turn"),
				Arguments.of("a number that does not end", bidi,
						stream(StreamKind.LANE, frame(FrameType.CANCEL, 255, 255, 255, 255, 255, 255, 255, 255, 255)),
						protocol, "CANCEL at 1 of stream 0: number is a varint that does not end"),
				Arguments.of("a text that is not UTF-8", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 1, 1, 3, 'a', '/', 0xff)), protocol,
						"CALL at 1 of stream 0: path is not UTF-8"),
				Arguments.of("metadata with a capital letter", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 5, 1, 3, 'a', '/', 'b', 1, 1, 'A', 0)),
						protocol, "CALL at 1 of stream 0: key of metadata has the byte 0x41"),
				Arguments.of("metadata without a key", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 5, 1, 3, 'a', '/', 'b', 1, 0, 0)), protocol,
						"CALL at 1 of stream 0: key of metadata"),
				Arguments.of("metadata with a control character", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 5, 1, 3, 'a', '/', 'b', 1, 1, 'k', 1, 0x1f)),
						protocol, "CALL at 1 of stream 0: value of metadata"),
				Arguments.of("metadata with a name that is reserved", bidi,
						stream(StreamKind.LANE,
								frame(FrameType.CALL, 0, 5, 1, 3, 'a', '/', 'b', 1, 12, 'g', 'r', 'p', 'c', '-', 't',
										'i', 'm', 'e', 'o', 'u', 't', 0)),
						protocol, "CALL at 1 of stream 0: "),
				Arguments.of("a chain that is not UTF-8", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 9, 1, 3, 'a', '/', 'b', 1, 0xff)), protocol,
						"CALL at 1 of stream 0: chain is not UTF-8"),
				Arguments.of("a flag that nobody knows", bidi,
						stream(StreamKind.LANE, frame(FrameType.CALL, 0, 0x80, 1)), protocol,
						"CALL at 1 of stream 0: "),
				Arguments.of("a message before its call", bidi, stream(StreamKind.OWN, frame(FrameType.MESSAGE, 0)),
						protocol, "MESSAGE at 1 of stream 0: comes before the CALL"),
				Arguments.of("a second call on an own stream", bidi,
						stream(StreamKind.OWN, call(0, 0, BIDI), call(1, 0, BIDI)), protocol,
						"CALL at 36 of stream 0: a second call on the same stream"),
				Arguments.of("a message behind the half-close", bidi,
						stream(StreamKind.OWN, call(0, 0, CLIENT_STREAM), frame(FrameType.HALF_CLOSE),
								frame(FrameType.MESSAGE, 0)),
						protocol, "MESSAGE at 40 of stream 0: comes behind HALF_CLOSE"),
				Arguments.of("credit for another call", bidi,
						stream(StreamKind.OWN, call(0, 0, CLIENT_STREAM), frame(FrameType.CREDIT, 1, 1)), protocol,
						"CREDIT at 38 of stream 0: call 1 is not the one of this stream"),
				Arguments.of("more credit than there can be", bidi,
						stream(StreamKind.OWN, call(0, 0, CLIENT_STREAM),
								frame(FrameType.CREDIT, 0, 0xff, 0xff, 0xff, 0xff, 0x07)),
						protocol, "CREDIT at 38 of stream 0: credit is 2147549183, limit is 2147483647"),
				Arguments.of("credit on a lane", bidi, stream(StreamKind.LANE, frame(FrameType.CREDIT, 0, 1)), protocol,
						"CREDIT at 1 of stream 0: does not belong here"),
				Arguments.of("an answer from a caller", bidi, stream(StreamKind.OWN, frame(FrameType.ANSWER, 0, 0)),
						protocol, "ANSWER at 1 of stream 0: does not belong here"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("badStreams")
	void streamThatBreaksARuleClosesTheConnection(String name, QuicStreamType type, ByteBuf bytes, CloseCode code,
			String words) throws Exception {
		this.client.openControl();
		this.client.open(type, bytes);
		verifyClosed(code, words);
	}

	static Stream<Arguments> badControls() {
		byte[] id = new byte[20];
		System.arraycopy(new byte[] { 19, FrameType.SETTINGS, 1, 16 }, 0, id, 0, 4);
		return Stream.of(
				Arguments.of("another frame before the settings", control(frame(FrameType.GOAWAY)),
						"GOAWAY at 1 of stream 2: comes before SETTINGS"),
				Arguments.of("settings twice", settled(frame(FrameType.SETTINGS)),
						"SETTINGS at 32 of stream 2: comes twice"),
				Arguments.of("a connection ID of the client's", control(id),
						"SETTINGS at 1 of stream 2: connection-id comes from the client"),
				Arguments.of("an encoding that is not UTF-8", control(frame(FrameType.SETTINGS, 8, 2, 1, 0xff)),
						"SETTINGS at 1 of stream 2: encoding is not UTF-8"),
				Arguments.of("settings that go down", control(frame(FrameType.SETTINGS, 3, 1, 1, 2, 1, 1)),
						"SETTINGS at 1 of stream 2: setting 2 comes behind setting 3"),
				Arguments.of("settings that claim too much", control(claim(1L << 40, FrameType.SETTINGS)),
						"SETTINGS at 1 of stream 2: length is 1099511627776, limit is 16384"),
				Arguments.of("settings out of range", control(frame(FrameType.SETTINGS, 3, 1, 0)),
						"SETTINGS at 1 of stream 2: max-lanes is 0, 1 or more"),
				Arguments.of("a call on a control stream", settled(call(0, 1, UNARY)),
						"CALL at 32 of stream 2: does not belong here"),
				Arguments.of("an answer to no ping", settled(frame(FrameType.PONG, 0, 0, 0, 0, 0, 0, 0, 1)),
						"PONG at 32 of stream 2: answers no PING"),
				Arguments.of("done without a drain", settled(frame(FrameType.DONE)),
						"DONE at 32 of stream 2: answers no GOAWAY"),
				Arguments.of("done twice",
						settled(frame(FrameType.GOAWAY), frame(FrameType.DONE), frame(FrameType.DONE)),
						"DONE at 36 of stream 2: comes twice"),
				Arguments.of("going twice", settled(frame(FrameType.GOAWAY), frame(FrameType.GOAWAY)),
						"GOAWAY at 34 of stream 2: comes twice"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("badControls")
	void controlStreamThatBreaksARuleClosesTheConnection(String name, ByteBuf bytes, String words) throws Exception {
		this.client.open(QuicStreamType.UNIDIRECTIONAL, bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, words);
	}

	@Test
	void callNumberThatIsInFlightOnAnotherStreamClosesTheConnection() throws Exception {
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.OWN, call(7, 0, CLIENT_STREAM)));
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.OWN, call(7, 0, CLIENT_STREAM)));
		verifyClosed(CloseCode.PROTOCOL_ERROR, "CALL at 1 of stream 4: call 7 is in flight");
	}

	@Test
	void lanesBeyondTheLimitCloseTheConnection() throws Exception {
		this.client.openControl();
		for (int i = 0; i < 5; i++) {
			this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.LANE));
		}
		verifyClosed(CloseCode.UNEXPECTED_STREAM, "is lane 5, limit is 4");
	}

	@Test
	void methodsBeyondTheLimitCloseTheConnection() throws Exception {
		this.client.openControl();
		ByteBuf bytes = stream(StreamKind.LANE);
		for (int i = 1; i <= 257; i++) {
			bytes.writeBytes(call(i, i, ("no.Such/Method" + i).getBytes(StandardCharsets.US_ASCII)));
		}
		this.client.open(QuicStreamType.BIDIRECTIONAL, bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "CALL at 6039 of stream 0: method 257 is defined, limit is 256");
	}

	@Test
	void floodOfCancelsClosesTheConnection() throws Exception {
		this.client.openControl();
		ByteBuf bytes = stream(StreamKind.LANE, call(0, 1, CLIENT_STREAM), frame(FrameType.CANCEL, 0));
		for (int i = 1; i <= 1000; i++) {
			bytes.writeBytes(call(i, 1, null));
			SmallFrames.writeCancel(bytes, i);
		}
		this.client.open(QuicStreamType.BIDIRECTIONAL, bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "more calls are cancelled in a second than 1000, which is the limit");
	}

	@Test
	void floodOfCancelsOfNothingClosesTheConnection() throws Exception {
		QuicStreamChannel control = this.client.openControl();
		ByteBuf bytes = Unpooled.buffer();
		for (int i = 0; i <= 1000; i++) {
			SmallFrames.writeCancel(bytes, i);
		}
		control.writeAndFlush(bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "more calls are cancelled in a second");
	}

	@Test
	void messageWithoutCreditClosesTheConnection() throws Exception {
		this.client.openControl();
		ByteBuf bytes = stream(StreamKind.OWN, call(0, 0, CLIENT_STREAM));
		// The first is let through whatever its size, and leaves no credit.
		SmallFrames.writeMessageHead(bytes, -1, 600_000);
		bytes.writeZero(600_000);
		SmallFrames.writeMessageHead(bytes, -1, 0);
		this.client.open(QuicStreamType.BIDIRECTIONAL, bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "comes without credit, 75776 bytes are owed");
	}

	@Test
	void floodOfEmptyMessagesIsLimitedByCredit() throws Exception {
		this.client.openControl();
		ByteBuf bytes = stream(StreamKind.OWN, call(0, 0, CLIENT_STREAM));
		for (int i = 0; i <= (512 << 10) / 64; i++) {
			SmallFrames.writeMessageHead(bytes, -1, 0);
		}
		this.client.open(QuicStreamType.BIDIRECTIONAL, bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "comes without credit, 0 bytes are owed");
	}

	@Test
	void floodOfPingsIsAnswered() throws Exception {
		QuicStreamChannel control = this.client.openControl();
		ByteBuf bytes = Unpooled.buffer();
		for (int i = 0; i < 10_000; i++) {
			SmallFrames.writePing(bytes, FrameType.PING, i);
		}
		control.writeAndFlush(bytes).get(30, TimeUnit.SECONDS);
		control.writeAndFlush(Unpooled.wrappedBuffer(frame(FrameType.DONE)));
		// All of them were read before.
		assertThat(this.server.awaitBroken().words()).contains("DONE at 1000");
	}

	@Test
	void laneThatEndsClosesTheConnection() throws Exception {
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.LANE)).shutdownOutput();
		verifyClosed(CloseCode.STREAM_LOST, "stream 0 ended");
	}

	@Test
	void laneThatIsResetClosesTheConnection() throws Exception {
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.LANE, call(0, 1, UNARY))).shutdown(7).sync();
		assertThat(this.server.awaitBroken().code()).isEqualTo(CloseCode.STREAM_LOST);
	}

	@Test
	void ownStreamThatEndsBeforeItsAnswerClosesTheConnection() throws Exception {
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.OWN, call(0, 0, BIDI))).shutdownOutput();
		verifyClosed(CloseCode.STREAM_LOST, "stream 0 ended");
	}

	@Test
	void answerToACallThatIsNotInFlightClosesTheConnection() throws Exception {
		this.client.openControl();
		ListenableFuture<Payload> answer = ExerciseGrpc.newFutureStub(this.server.channel())
			.unary(Payload.getDefaultInstance());
		QuicStreamChannel lane = this.client.awaitStream();
		ByteBuf bytes = Unpooled.buffer();
		long length = AnswerHead.frameLength(99, Encoded.NONE, Encoded.NONE, 0, null, -1, 0);
		AnswerHead.write(bytes, length, 99, Encoded.NONE, Encoded.NONE, 0, false, null, -1);
		lane.writeAndFlush(bytes);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "ANSWER at 0 of stream 1: call 99 is not in flight here");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
			.withMessageContaining("UNAVAILABLE");
	}

	@Test
	void unknownFramesAreSkipped() throws Exception {
		QuicStreamChannel control = this.client.openControl();
		ByteBuf unknown = Unpooled.buffer();
		Varint.write(unknown, 100_001);
		control.writeAndFlush(unknown.writeByte(0x7f).writeBytes(new byte[100_000]));
		ByteBuf bad = Unpooled.buffer();
		SmallFrames.writeEmpty(bad, FrameType.DONE);
		control.writeAndFlush(bad);
		verifyClosed(CloseCode.PROTOCOL_ERROR, "DONE at 100");
	}

	@Test
	void callsBeyondTheLimitAreRefusedAndTheOthersServed() throws Exception {
		this.client.close();
		CompletableFuture<StreamObserver<Payload>> served = new CompletableFuture<>();
		SessionSettings defaults = SessionSettings.defaults();
		this.server = new SessionPeer(Side.SERVER,
				new SessionSettings(1, 4, defaults.maxLaneFrame(), defaults.maxMessage(), defaults.maxMetadata(),
						defaults.maxMethods(), defaults.maxQueuedBytes(), defaults.callWindow(),
						defaults.maxUntakenBytes(), defaults.maxCancelsPerSecond(), defaults.stallTimeout(),
						defaults.keepAliveInterval()),
				Runnable::run, List.of(new ExerciseGrpc.ExerciseImplBase() {
					@Override
					public void unary(Payload request, StreamObserver<Payload> responses) {
						assertThat(served.complete(responses)).isTrue();
					}
				}));
		this.client = new RawSessionPeer(this.server);
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL,
				stream(StreamKind.LANE, call(0, 1, UNARY), call(1, 1, null), call(2, 1, null)));
		served.get(30, TimeUnit.SECONDS);
		assertThat(this.server.session().inboundCalls()).isEqualTo(1);
		assertThat(this.server.isBroken()).isFalse();
	}

	@Test
	void methodThatStreamsHasOneAnswerOnALane() throws Exception {
		this.client.close();
		CompletableFuture<Void> cancelled = new CompletableFuture<>();
		this.server = new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run,
				List.of(new ExerciseGrpc.ExerciseImplBase() {
					@Override
					public void serverStream(Payload request, StreamObserver<Payload> responses) {
						((ServerCallStreamObserver<Payload>) responses)
							.setOnCancelHandler(() -> cancelled.complete(null));
						responses.onNext(request);
						responses.onNext(request);
					}
				}));
		this.client = new RawSessionPeer(this.server);
		this.client.openControl();
		this.client.open(QuicStreamType.BIDIRECTIONAL, stream(StreamKind.LANE, call(0, 1, SERVER_STREAM)));
		cancelled.get(30, TimeUnit.SECONDS);
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.server.session().inboundCalls() == 0);
		// The answer itself has yet to be written.
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.server.session().queuedBytes() == 0);
		assertThat(this.server.isBroken()).isFalse();
	}

	private void verifyClosed(CloseCode code, String words) throws Exception {
		SessionPeer.Break broken = this.server.awaitBroken();
		assertThat(broken.words()).contains(words);
		assertThat(broken.code()).isEqualTo(code);
		assertThat(this.client.awaitClosed().description()).contains(code.toString()).contains(words);
		assertThat(this.server.session().inboundCalls()).isZero();
	}

	/**
	 * Takes no message of a client stream, and never answers.
	 */
	private static final class Unanswering extends ExerciseService {

		@Override
		public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
			((ServerCallStreamObserver<Payload>) responses).disableAutoRequest();
			return new StreamObserver<>() {
				@Override
				public void onNext(Payload message) {
				}

				@Override
				public void onError(Throwable failure) {
				}

				@Override
				public void onCompleted() {
				}
			};
		}

	}

}
