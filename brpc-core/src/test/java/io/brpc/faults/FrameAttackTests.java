package io.brpc.faults;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

import io.brpc.CallLimits;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawClose;
import io.brpc.testing.RawServer;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * brpc/2 as it can be used to attack: the offender loses its connection and is told why,
 * the others do not notice. What single frames do is in {@code BadPeerTests}.
 */
@ExtendWith(Leaks.class)
class FrameAttackTests {

	private static final int FLOOD = FaultSize.of(5_000, 100_000);

	private static final int FLOOD_AT_ONCE = 10_000;

	private static final String UNARY = ExerciseGrpc.getUnaryMethod().getFullMethodName();

	private static final String CLIENT_STREAM = ExerciseGrpc.getClientStreamMethod().getFullMethodName();

	private static final String SERVER_STREAM = ExerciseGrpc.getServerStreamMethod().getFullMethodName();

	private static final int UNKNOWN_TYPE = 0x7f;

	private static final int CALL_WINDOW = 9;

	private static final CallLimits LIMITS = new CallLimits(200, 100, 8);

	/**
	 * An attacker that goes leaves its connection behind until the idle time-out, if its
	 * CONNECTION_CLOSE is lost.
	 */
	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withWires(Wire.BRPC_2, Wire.BRPC_1)
		.withIdle(Duration.ofSeconds(10), Duration.ZERO)
		.withMaxQueuedBytes(4 << 20);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	private TestServer server;

	private Bystander bystander;

	@BeforeEach
	void connectABystander(TestInfo test) {
		this.server = this.peers.server((builder) -> builder.callLimits(LIMITS).transportSettings(SETTINGS))
			.serve(new Untaking());
		this.bystander = new Bystander(this.peers, this.server, SETTINGS);
		this.report
			.fault("18 " + test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName(),
					FLOOD + " frames")
			.measured("p99 of a bystander before", this.bystander.timeOfNext());
	}

	@AfterEach
	void nobodyElseNoticed() {
		this.report.measured("meanwhile", this.bystander.time());
		this.bystander.verifyUnharmed();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.server.connections().all()).hasSize(1));
	}

	@ParameterizedTest
	@EnumSource
	void aClientThatAttacksLosesItsConnection(Attack attack) throws Exception {
		try (RawClient attacker = attacker()) {
			for (Stream stream : attack.streams) {
				attacker.openStream(stream.type, new byte[0])
					.writeAndFlush(Unpooled.wrappedBuffer(stream.bytes.apply(Brpc2Frames.settings())));
			}
			verifyOthersHaveAllOfTheirs();
			attack.verify(attacker.awaitClose());
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatAttacksLosesItsConnection(Attack attack) throws Exception {
		try (RawServer attacker = new RawServer(TestCertificates.shared(), Wire.BRPC_2, (connection) -> {
			for (Stream stream : attack.streams) {
				RawServer.send(connection, stream.type, stream.bytes.apply(Brpc2Frames.settings(ConnectionId.random())),
						false);
			}
		}, (stream) -> {
		})) {
			TestClient client = this.peers.dialing("localhost:" + attacker.port(),
					(builder) -> builder.callLimits(LIMITS).transportSettings(SETTINGS).addService(new Untaking()));
			attack.verify(attacker.awaitClose());
			client.close();
		}
	}

	/**
	 * These are allowed, and each costs as much time as it takes to read it: the others
	 * get their turn between them.
	 */
	@ParameterizedTest
	@EnumSource
	void aClientThatSendsALotOfNothingHarmsNobody(Nuisance nuisance) throws Exception {
		try (RawClient attacker = attacker()) {
			for (Stream stream : nuisance.streams) {
				attacker.openStream(stream.type, new byte[0])
					.writeAndFlush(Unpooled.wrappedBuffer(stream.bytes.apply(Brpc2Frames.settings())));
			}
			verifyOthersHaveAllOfTheirs();
			assertThat(attacker.isClosed()).isFalse();
		}
	}

	@Test
	void aClientThatPingsAndDoesNotReadLosesItsConnection() throws Exception {
		verifyCutOff(CloseCode.STALLED, "the peer does not read the answers to its pings", control(),
				Brpc2Frames::ping);
	}

	@Test
	void aClientThatCallsAndDoesNotReadLosesItsConnection() throws Exception {
		verifyCutOff(CloseCode.STALLED, "bytes wait, most of them answers",
				new Stream(QuicStreamType.BIDIRECTIONAL,
						(settings) -> Brpc2Frames.lane(Brpc2Frames.call(0, 1, "no.Such/Method"))),
				(number) -> Brpc2Frames.call(1 + number, 1));
	}

	/**
	 * What it asks for is bounded by its calls and by what may wait; the server knows by
	 * the stall.
	 */
	@Test
	void aClientThatReadsNothingOfItsCallLosesItsConnection() throws Exception {
		byte[] request = Payload.newBuilder(Payloads.ofSize(1000 << 10)).setCount(10).build().toByteArray();
		try (RawClient attacker = attacker()) {
			QuicStreamChannel control = attacker.openStream(QuicStreamType.UNIDIRECTIONAL,
					control().bytes.apply(Brpc2Frames.settings(Brpc2Frames.setting(CALL_WINDOW, 64 << 20))));
			QuicStreamChannel stream = attacker.openUnreadStream(Brpc2Frames.own(Brpc2Frames.call(0, 0, SERVER_STREAM),
					Brpc2Frames.message(request), Brpc2Frames.frame(0x14)));
			verifyOthersHaveAllOfTheirs();
			await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
				// A sign of life that wants no answer.
				control.writeAndFlush(Unpooled.wrappedBuffer(Brpc2Frames.frame(UNKNOWN_TYPE)));
				return !cutOff().isEmpty();
			});
			verifyClosed(CloseCode.STALLED, "stream " + stream.streamId() + ": the peer has read nothing for 10000 ms");
		}
	}

	/**
	 * Asks the server: one that takes nothing may not hear of it, if all of its
	 * congestion window is full.
	 */
	private void verifyClosed(CloseCode code, String words) {
		assertThat(cutOff()).singleElement().satisfies((reason) -> {
			assertThat(reason.code()).isEqualTo(code);
			assertThat(reason.description()).contains(words);
		});
	}

	private List<CloseReason> cutOff() {
		return this.server.log()
			.reasons()
			.stream()
			.filter((reason) -> reason.origin() != CloseReason.Origin.REMOTE)
			.toList();
	}

	private void verifyCutOff(CloseCode code, String words, Stream opening, IntFunction<byte[]> frames)
			throws Exception {
		try (RawClient attacker = attacker()) {
			QuicStreamChannel control = attacker.openStream(QuicStreamType.UNIDIRECTIONAL,
					control().bytes.apply(Brpc2Frames.settings()));
			QuicStreamChannel stream = (opening.type == QuicStreamType.UNIDIRECTIONAL) ? control
					: attacker.openStream(opening.type, opening.bytes.apply(new byte[0]));
			await().atMost(PATIENCE).until(() -> this.server.connections().all().size() == 2);
			attacker.stopReading();
			int[] next = { 0 };
			await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
				ByteArrayOutputStream flood = new ByteArrayOutputStream();
				for (int i = 0; i < FLOOD_AT_ONCE; i++) {
					flood.writeBytes(frames.apply(next[0]++));
				}
				stream.writeAndFlush(Unpooled.wrappedBuffer(flood.toByteArray()));
				return !cutOff().isEmpty();
			});
			verifyOthersHaveAllOfTheirs();
			verifyClosed(code, words);
		}
	}

	/**
	 * As many calls at once as a client may have, and more of a call's messages than its
	 * window takes.
	 */
	private void verifyOthersHaveAllOfTheirs() throws Exception {
		TestClient other = this.peers.client(this.server, (builder) -> builder.transportSettings(SETTINGS));
		ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(other.channel());
		List<Recorder> calls = new ArrayList<>();
		List<StreamObserver<Payload>> requests = new ArrayList<>();
		for (int i = 0; i < LIMITS.maxConcurrentCalls(); i++) {
			Recorder call = Recorder.reading();
			calls.add(call);
			requests.add(stub.bidiStream(call));
			requests.get(i).onNext(Payloads.text("one of many"));
		}
		await().atMost(PATIENCE)
			.until(() -> calls.stream().allMatch((call) -> call.messages().size() == 1 || call.hasEnded()));
		requests.forEach(StreamObserver::onCompleted);
		assertThat(calls).allSatisfy((call) -> assertThat(call.awaitEnd()).isEqualTo(Status.OK));
		Iterator<Payload> stream = ExerciseGrpc.newBlockingStub(other.channel())
			.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
			.serverStream(Payloads.ofSize(32 << 10).toBuilder().setCount(64).build());
		int count = 0;
		while (stream.hasNext()) {
			stream.next();
			count++;
		}
		assertThat(count).isEqualTo(64);
		other.close();
	}

	private RawClient attacker() throws Exception {
		return new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server.port()),
				TestCertificates.shared(), Wire.BRPC_2);
	}

	private static byte[] flood(IntFunction<byte[]> frames) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (int i = 0; i < FLOOD; i++) {
			all.writeBytes(frames.apply(i));
		}
		return all.toByteArray();
	}

	private static Stream control(byte[]... frames) {
		return new Stream(QuicStreamType.UNIDIRECTIONAL,
				(settings) -> Http2Frames.join(Brpc2Frames.control(settings), Http2Frames.join(frames)));
	}

	private static Stream lane(byte[]... frames) {
		byte[] bytes = Brpc2Frames.lane(frames);
		return new Stream(QuicStreamType.BIDIRECTIONAL, (settings) -> bytes);
	}

	private static Stream own(byte[]... frames) {
		byte[] bytes = Brpc2Frames.own(frames);
		return new Stream(QuicStreamType.BIDIRECTIONAL, (settings) -> bytes);
	}

	/**
	 * A stream of an attacker.
	 *
	 * @param type its type
	 * @param bytes what it carries, by the SETTINGS of the attacker's end
	 */
	private record Stream(QuicStreamType type, UnaryOperator<byte[]> bytes) {
	}

	/**
	 * What a peer is cut off for.
	 */
	@SuppressWarnings("ImmutableEnumChecker")
	private enum Attack {

		CANCELLED_CALLS(
				"CANCEL at \\d+ of stream [01]: more calls are cancelled in a second than 100, which is the limit",
				control(),
				lane(flood((number) -> (number % 2 == 0)
						? ((number == 0) ? Brpc2Frames.call(0, 1, CLIENT_STREAM) : Brpc2Frames.call(number, 1))
						: Brpc2Frames.cancel(number - 1)))),

		CANCELS_OF_NOTHING(
				"CANCEL at \\d+ of stream [23]: more calls are cancelled in a second than 100, which is the limit",
				control(flood(Brpc2Frames::cancel))),

		METHOD_NAMES("CALL at \\d+ of stream [01]: method 257 is defined, limit is 256", control(),
				lane(flood((number) -> Brpc2Frames.call(number, number + 1, "no.Such/Method" + number)))),

		MESSAGES("MESSAGE at \\d+ of stream [01]: comes without credit, 0 bytes are owed", control(),
				own(Brpc2Frames.call(0, 0, CLIENT_STREAM),
						Http2Frames.join(Collections.nCopies((512 << 10) / 64 + 1, Brpc2Frames.message())
							.toArray(byte[][]::new)))),

		CREDIT("CREDIT at \\d+ of stream [01]: credit is \\d+, limit is 2147483647", control(),
				own(Brpc2Frames.call(0, 0, CLIENT_STREAM),
						flood((number) -> Brpc2Frames.credit(0, Integer.MAX_VALUE)))),

		SETTINGS("SETTINGS at \\d+ of stream [23]: comes twice", control(flood((number) -> Brpc2Frames.settings()))),

		GOAWAYS("GOAWAY at \\d+ of stream [23]: comes twice", control(flood((number) -> Brpc2Frames.goAway()))),

		A_NUMBER_USED_TWICE("CALL at \\d+ of stream [01]: call 5 comes behind call 5", control(),
				lane(Brpc2Frames.call(5, 1, UNARY), flood((number) -> Brpc2Frames.call(5, 1)))),

		ANSWERS_TO_NOTHING("ANSWER at 1 of stream [01]: does not belong here", control(),
				lane(flood(Brpc2Frames::answer))),

		CLAIMS("CALL at 1 of stream [01]: length is 9223372036854775807, limit is 16384", control(),
				lane(Brpc2Frames.claim(Long.MAX_VALUE, 0x10)));

		private final String words;

		private final List<Stream> streams;

		Attack(String words, Stream... streams) {
			this.words = words;
			this.streams = List.of(streams);
		}

		void verify(RawClose close) {
			assertThat(close.reason()).matches(this.words);
			assertThat(close.code()).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
			assertThat(close.application()).isTrue();
		}

	}

	/**
	 * What a peer may do.
	 */
	@SuppressWarnings("ImmutableEnumChecker")
	private enum Nuisance {

		PINGS(control(flood(Brpc2Frames::ping))),

		UNKNOWN_FRAMES(control(flood((number) -> Brpc2Frames.frame(UNKNOWN_TYPE, new byte[100]))),
				lane(flood((number) -> Brpc2Frames.frame(UNKNOWN_TYPE)))),

		AN_ENDLESS_UNKNOWN_FRAME(control(Brpc2Frames.claim(Long.MAX_VALUE, UNKNOWN_TYPE), new byte[1 << 20])),

		SMALL_CREDIT(control(),
				own(Brpc2Frames.call(0, 0, CLIENT_STREAM), flood((number) -> Brpc2Frames.credit(0, 1)))),

		MORE_CALLS_THAN_ALLOWED(control(),
				lane(Brpc2Frames.call(0, 1, CLIENT_STREAM), flood((number) -> Brpc2Frames.call(1 + number, 1)))),

		CALLS_OF_NOTHING(control(),
				lane(Brpc2Frames.call(0, 1, "no.Such/Method"), flood((number) -> Brpc2Frames.call(1 + number, 1)))),

		CREDIT_THAT_IS_NEVER_GRANTED(
				new Stream(QuicStreamType.UNIDIRECTIONAL,
						(settings) -> Brpc2Frames.control(Brpc2Frames.settings(Brpc2Frames.setting(CALL_WINDOW, 1)))),
				unrequited(0), unrequited(1), unrequited(2), unrequited(3), unrequited(4), unrequited(5));

		private final List<Stream> streams;

		Nuisance(Stream... streams) {
			this.streams = List.of(streams);
		}

		private static Stream unrequited(int number) {
			byte[] request = Payload.newBuilder(Payloads.ofSize(64 << 10)).setCount(FLOOD).build().toByteArray();
			return own(Brpc2Frames.call(number, 0, SERVER_STREAM), Brpc2Frames.message(request),
					Brpc2Frames.frame(0x14));
		}

	}

	/**
	 * Takes no message of a client stream, and never answers one.
	 */
	private static final class Untaking extends ExerciseService {

		@Override
		public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
			((ServerCallStreamObserver<Payload>) responses).disableAutoRequest();
			return super.clientStream(responses);
		}

	}

}
