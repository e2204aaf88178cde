package io.brpc.faults;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.function.IntFunction;

import io.brpc.CallLimits;
import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.TransportSettings;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.Leaks;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawClose;
import io.brpc.testing.RawServer;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
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
 * HTTP/2 as it is used to attack: the offender loses its connection, the others do not
 * notice.
 */
@ExtendWith(Leaks.class)
class StreamAttackTests {

	private static final int FLOOD = FaultSize.of(5_000, 100_000);

	private static final int PINGS_AT_ONCE = 10_000;

	private static final int SMALL_CREDIT = 4 << 10;

	/**
	 * A piece of a header block that is not small: 500 of them are a mebibyte.
	 */
	private static final byte[] FIELDS = Http2Frames
		.join(Collections.nCopies(20, Http2Frames.field("x-flood", "x".repeat(100))).toArray(byte[][]::new));

	private static final CallLimits LIMITS = new CallLimits(100, 100, 8);

	/**
	 * An attacker that goes leaves its connection behind until the idle time-out, if its
	 * CONNECTION_CLOSE is lost: quiche sends it but once, and not at all while the
	 * congestion window is full.
	 */
	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withIdle(Duration.ofSeconds(10), Duration.ZERO)
		.withDrainTimeout(Duration.ofSeconds(1));

	private static final Duration PATIENCE = Duration.ofSeconds(30);

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
		this.server = this.peers.server((builder) -> builder.callLimits(LIMITS).transportSettings(SETTINGS));
		this.bystander = new Bystander(this.peers, this.server);
		this.report
			.fault("18 " + test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName(),
					FLOOD + " frames")
			.measured("p99 of a bystander before", this.bystander.timeOfNext());
	}

	@AfterEach
	void nobodyElseNoticed() {
		this.report.measured("meanwhile", this.bystander.time());
		this.bystander.verifyUnharmed();
		assertThat(this.server.connections().all()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void aClientThatAttacksLosesItsConnection(Attack attack) throws Exception {
		try (RawClient attacker = attacker()) {
			flood(attacker, attack.frames);
			RawClose close = attacker.awaitClose();
			assertThat(close.application()).isTrue();
			assertThat(close.code()).isIn(CloseCode.DRAIN_TIMEOUT.code(), CloseCode.STREAM_LOST.code());
		}
	}

	/**
	 * HTTP/2 allows these, and each costs as much time as it takes to read it: the others
	 * get their turn between them.
	 */
	@ParameterizedTest
	@EnumSource
	void aClientThatSendsALotOfNothingHarmsNobody(Nuisance nuisance) throws Exception {
		try (RawClient attacker = attacker()) {
			flood(attacker, nuisance.frames);
			this.bystander.awaitMoreCalls();
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.server.connections().all()).hasSize(1));
	}

	/**
	 * On the reverse stream the server is HTTP/2's client, where gRPC does not count the
	 * answers that it owes.
	 */
	@Test
	void aClientThatPingsAndDoesNotReadLosesItsConnection() throws Exception {
		byte[] pings = Http2Frames.join(Collections.nCopies(PINGS_AT_ONCE, Http2Frames.ping()).toArray(byte[][]::new));
		try (RawClient attacker = attacker(SMALL_CREDIT)) {
			attacker.openStream(Http2Frames.opening());
			QuicStreamChannel reverse = attacker.awaitReverseStream();
			reverse.config().setAutoRead(false);
			reverse.writeAndFlush(Unpooled.wrappedBuffer(Http2Frames.settings()));
			await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50)).until(() -> {
				reverse.writeAndFlush(Unpooled.wrappedBuffer(pings));
				return attacker.isClosed();
			});
			RawClose close = attacker.awaitClose();
			assertThat(close.reason()).contains("does not read what it asks for");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatAttacksLosesItsConnection(Attack attack) throws Exception {
		byte[] attackingStream = Http2Frames.join(Http2Frames.opening(), frames(attack.frames));
		try (RawServer attacker = new RawServer(TestCertificates.shared(), (connection) -> {
			RawServer.send(connection, QuicStreamType.UNIDIRECTIONAL, ConnectionId.random().toBytes(), true);
			RawServer.send(connection, QuicStreamType.BIDIRECTIONAL, attackingStream, false);
		}, (stream) -> stream.eventLoop()
			.execute(() -> stream.writeAndFlush(Unpooled.wrappedBuffer(Http2Frames.settings()))))) {
			TestClient client = this.peers.dialing("localhost:" + attacker.port(),
					(builder) -> builder.callLimits(LIMITS)
						.transportSettings(SETTINGS)
						.addService(new ExerciseService()));
			assertThat(attacker.awaitClose().application()).isTrue();
			client.close();
		}
	}

	private RawClient attacker() throws Exception {
		return attacker(1 << 20);
	}

	private RawClient attacker(int reverseCredit) throws Exception {
		return new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server.port()),
				TestCertificates.shared(), reverseCredit);
	}

	private static void flood(RawClient attacker, IntFunction<byte[]> frames) throws Exception {
		attacker.openStream(Http2Frames.opening()).writeAndFlush(Unpooled.wrappedBuffer(frames(frames)));
	}

	private static byte[] frames(IntFunction<byte[]> frames) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (int i = 0; i < FLOOD; i++) {
			all.writeBytes(frames.apply(i));
		}
		return all.toByteArray();
	}

	private static int stream(int number) {
		return 2 * number + 1;
	}

	/**
	 * What a peer is cut off for.
	 */
	@SuppressWarnings("ImmutableEnumChecker")
	private enum Attack {

		RAPID_RESET((number) -> Http2Frames.join(Http2Frames.call(stream(number)), Http2Frames.reset(stream(number)))),

		PINGS((number) -> Http2Frames.ping()),

		EMPTY_CONTINUATIONS(
				(number) -> (number == 0) ? Http2Frames.unfinishedCall(1) : Http2Frames.continuation(1, new byte[0])),

		ENDLESS_METADATA(
				(number) -> (number == 0) ? Http2Frames.unfinishedCall(1) : Http2Frames.continuation(1, FIELDS)),

		MORE_CALLS_THAN_ALLOWED((number) -> Http2Frames.call(stream(number)));

		private final IntFunction<byte[]> frames;

		Attack(IntFunction<byte[]> frames) {
			this.frames = frames;
		}

	}

	/**
	 * What a peer may do.
	 */
	@SuppressWarnings("ImmutableEnumChecker")
	private enum Nuisance {

		SETTINGS((number) -> Http2Frames.settings()),

		EMPTY_DATA((number) -> (number == 0) ? Http2Frames.call(1) : Http2Frames.emptyData(1));

		private final IntFunction<byte[]> frames;

		Nuisance(IntFunction<byte[]> frames) {
			this.frames = frames;
		}

	}

}
