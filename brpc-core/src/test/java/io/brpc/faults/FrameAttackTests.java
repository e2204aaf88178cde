package io.brpc.faults;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

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

	private static final int FLOOD_AT_ONCE = 10_000;

	private static final CallLimits LIMITS = new CallLimits(200, 100, 8);

	/**
	 * Also how long an attacker may read nothing. One that goes leaves its connection
	 * behind for as long, if its CONNECTION_CLOSE is lost.
	 */
	private static final Duration IDLE = FaultSize.of(Duration.ofSeconds(4), Duration.ofSeconds(10));

	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withWires(Wire.BRPC_2, Wire.BRPC_1)
		.withIdle(IDLE, Duration.ZERO)
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
					AttackStream.FLOOD + " frames")
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
	void aClientThatAttacksLosesItsConnection(FrameAttack attack) throws Exception {
		try (RawClient attacker = attacker()) {
			for (AttackStream stream : attack.streams()) {
				attacker.openStream(stream.type(), new byte[0])
					.writeAndFlush(Unpooled.wrappedBuffer(stream.bytes().apply(Brpc2Frames.settings())));
			}
			verifyOthersHaveAllOfTheirs();
			attack.verify(attacker.awaitClose());
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatAttacksLosesItsConnection(FrameAttack attack) throws Exception {
		try (RawServer attacker = new RawServer(TestCertificates.shared(), Wire.BRPC_2, (connection) -> {
			for (AttackStream stream : attack.streams()) {
				RawServer.send(connection, stream.type(),
						stream.bytes().apply(Brpc2Frames.settings(ConnectionId.random())), false);
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
	void aClientThatSendsALotOfNothingHarmsNobody(FrameNuisance nuisance) throws Exception {
		try (RawClient attacker = attacker()) {
			for (AttackStream stream : nuisance.streams()) {
				attacker.openStream(stream.type(), new byte[0])
					.writeAndFlush(Unpooled.wrappedBuffer(stream.bytes().apply(Brpc2Frames.settings())));
			}
			verifyOthersHaveAllOfTheirs();
			assertThat(attacker.isClosed()).isFalse();
		}
	}

	@Test
	void aClientThatPingsAndDoesNotReadLosesItsConnection() throws Exception {
		verifyCutOff(CloseCode.STALLED, "the peer does not read the answers to its pings", AttackStream.control(),
				Brpc2Frames::ping);
	}

	@Test
	void aClientThatCallsAndDoesNotReadLosesItsConnection() throws Exception {
		verifyCutOff(CloseCode.STALLED, "bytes wait, most of them answers",
				new AttackStream(QuicStreamType.BIDIRECTIONAL,
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
					AttackStream.control()
						.bytes()
						.apply(Brpc2Frames.settings(Brpc2Frames.setting(AttackStream.CALL_WINDOW, 64 << 20))));
			QuicStreamChannel stream = attacker
				.openUnreadStream(Brpc2Frames.own(Brpc2Frames.call(0, 0, AttackStream.SERVER_STREAM),
						Brpc2Frames.message(request), Brpc2Frames.frame(0x14)));
			verifyOthersHaveAllOfTheirs();
			await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
				// A sign of life that wants no answer.
				control.writeAndFlush(Unpooled.wrappedBuffer(Brpc2Frames.frame(AttackStream.UNKNOWN_TYPE)));
				return !cutOff().isEmpty();
			});
			verifyClosed(CloseCode.STALLED,
					"stream " + stream.streamId() + ": the peer has read nothing for " + IDLE.toMillis() + " ms");
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

	private void verifyCutOff(CloseCode code, String words, AttackStream opening, IntFunction<byte[]> frames)
			throws Exception {
		try (RawClient attacker = attacker()) {
			QuicStreamChannel control = attacker.openStream(QuicStreamType.UNIDIRECTIONAL,
					AttackStream.control().bytes().apply(Brpc2Frames.settings()));
			QuicStreamChannel stream = (opening.type() == QuicStreamType.UNIDIRECTIONAL) ? control
					: attacker.openStream(opening.type(), opening.bytes().apply(new byte[0]));
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
