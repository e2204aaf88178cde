package io.brpc.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.brpc.TransportSettings;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.UdpRelay;
import io.brpc.testing.UdpRelay.Direction;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Paths that lose large datagrams without a word, from the beginning or from some time
 * on, as when a client walks from Wi-Fi into a tunnel.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class PathMtuTests {

	private static final Duration TIME = FaultSize.of(Duration.ofSeconds(8), Duration.ofSeconds(30));

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final int LARGE_CALLS = 4;

	/**
	 * UDP payload of a tunnel, bytes.
	 */
	private static final int TUNNEL = 1252;

	/**
	 * UDP payload of an Ethernet, bytes, by IPv4.
	 */
	private static final int ETHERNET = 1472;

	/**
	 * More than is ever tried, bytes.
	 */
	private static final int JUMBO = 9000;

	/**
	 * The search halves what is left of 1,200 to 8,972 bytes until the size is known to
	 * the byte. That makes eleven sizes which are too large for an Ethernet, each tried
	 * three times.
	 */
	private static final int LOST_PROBES = 33;

	private static final Payload LARGE = Payloads.ofSize(1 << 20);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@BeforeEach
	void onlyWhereTheMtuIsLookedFor() {
		assumeThat(Epoll.isAvailable()).as("sockets that do not fragment datagrams").isTrue();
	}

	@Test
	void whatTheSearchLosesIsNotMissed() {
		Path path = new Path(TUNNEL, TestWires.settings());
		path.echoLargeMessages();
		assertThat(path.relay.lost(Direction.TO_SERVER)).isPositive();
		assertThat(path.relay.lost(Direction.TO_CLIENT)).isPositive();
		assertThat(path.client.log().reasons()).isEmpty();
	}

	@Test
	void theMtuOfAnEthernetIsFoundToTheByte() {
		Path path = new Path(ETHERNET, TestWires.settings());
		long begun = System.nanoTime();
		for (Direction direction : Direction.values()) {
			await().atMost(Network.PATIENCE)
				.untilAsserted(() -> assertThat(path.relay.lost(direction)).isEqualTo(LOST_PROBES));
		}
		this.report.fault("search for the MTU of an Ethernet", "one client")
			.measuredSince("found by both ends after", begun);
		path.echoLargeMessages();
		for (Direction direction : Direction.values()) {
			assertThat(path.relay.lost(direction)).as("datagrams %s that were too large", direction)
				.isEqualTo(LOST_PROBES);
			assertThat(path.relay.largest(direction)).isEqualTo(ETHERNET);
		}
	}

	@Test
	void theSearchIsOverAtOnceForWhoKnowsThePath() {
		Path path = new Path(ETHERNET, TestWires.settings().withMaxDatagramSize(ETHERNET));
		path.awaitDatagramsOf(ETHERNET);
		path.echoLargeMessages();
		for (Direction direction : Direction.values()) {
			assertThat(path.relay.lost(direction)).isZero();
		}
	}

	@Test
	void neitherEndTriesMoreThanTheSmallestSizeIfOneDoesNotWantIt() {
		Path path = new Path(JUMBO, TestWires.settings().withMaxDatagramSize(TransportSettings.MIN_DATAGRAM_SIZE),
				TestWires.settings());
		path.echoLargeMessages();
		for (Direction direction : Direction.values()) {
			assertThat(path.relay.largest(direction)).isEqualTo(TransportSettings.MIN_DATAGRAM_SIZE);
		}
	}

	@Test
	void aPathThatShrinksUnderLargeMessagesDelaysThem() {
		Path path = new Path(JUMBO, TestWires.settings());
		path.awaitDatagramsOf(TransportSettings.MAX_DATAGRAM_SIZE);
		path.echoLargeMessages();
		this.report.fault("26 path that shrinks under messages of 1 MiB",
				LARGE_CALLS + " calls each way, " + JUMBO + " to " + TUNNEL + " B");
		List<Recorder> answers = new ArrayList<>();
		for (int i = 0; i < LARGE_CALLS; i++) {
			path.channels().map(PathMtuTests::beginLargeCall).forEach(answers::add);
		}
		long shrunk = System.nanoTime();
		path.relay.rules(RelayRules.NONE.withMaxSize(TUNNEL));
		path.channels().map(PathMtuTests::beginLargeCall).forEach(answers::add);
		assertThat(answers).extracting(Recorder::awaitEnd).extracting(Status::getCode).containsOnly(Status.Code.OK);
		this.report.measuredSince("all OK after", shrunk);
		path.assertHealed();
	}

	@Test
	void aPathThatShrinksUnderCallsOfAllSizesDelaysThem() {
		Network network = new Network(this.peers, CLIENTS, CALLS_PER_SECOND, TestWires.settings());
		this.report
			.fault("26 path that shrinks under calls of all sizes",
					CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way, "
							+ TransportSettings.MAX_DATAGRAM_SIZE + " to " + TUNNEL + " B")
			.calls(network.ledger());
		await().atMost(Network.PATIENCE)
			.until(() -> Stream.of(Direction.values())
				.allMatch((direction) -> network.relay().largest(direction) == TransportSettings.MAX_DATAGRAM_SIZE));
		network.awaitMoreCalls();
		network.relay().rules(RelayRules.NONE.withMaxSize(TUNNEL));
		network.keepConnectedFor(TIME);
		network.finish().verifyAllOk();
		assertThat(network.relay().lost(Direction.TO_SERVER)).isPositive();
		assertThat(network.relay().lost(Direction.TO_CLIENT)).isPositive();
		assertThat(network.disconnectCount()).isZero();
	}

	private static Recorder beginLargeCall(Channel channel) {
		Recorder answer = Recorder.reading();
		ExerciseGrpc.newStub(channel).unary(LARGE, answer);
		return answer;
	}

	/**
	 * A server and a client that is connected through a relay. Not safe for use by
	 * several threads.
	 */
	private final class Path {

		private final TestServer server;

		private final UdpRelay relay;

		private final TestClient client;

		Path(int mtu, TransportSettings settings) {
			this(mtu, settings, settings);
		}

		Path(int mtu, TransportSettings ofClient, TransportSettings ofServer) {
			Peers peers = PathMtuTests.this.peers;
			this.server = peers.server((builder) -> builder.transportSettings(ofServer));
			this.relay = peers.add(UdpRelay.to(this.server.port())).rules(RelayRules.NONE.withMaxSize(mtu));
			this.client = peers.dialing("localhost:" + this.relay.port(),
					(builder) -> builder.addService(new ExerciseService()).transportSettings(ofClient));
			this.client.awaitConnection();
		}

		Stream<Channel> channels() {
			return Stream.of(this.client.channel(), this.server.channelTo(this.client));
		}

		void echoLargeMessages() {
			channels().forEach((channel) -> assertThat(
					ExerciseGrpc.newBlockingStub(channel).withDeadlineAfter(Network.PATIENCE).unary(LARGE))
				.isEqualTo(LARGE));
		}

		void awaitDatagramsOf(int size) {
			for (Direction direction : Direction.values()) {
				await().atMost(Network.PATIENCE)
					.untilAsserted(() -> assertThat(this.relay.largest(direction)).isEqualTo(size));
			}
		}

		/**
		 * Checks that large messages are no longer sent in datagrams that get lost, on
		 * the connection of before.
		 */
		void assertHealed() {
			long lost = this.relay.lost(Direction.TO_SERVER) + this.relay.lost(Direction.TO_CLIENT);
			echoLargeMessages();
			assertThat(this.relay.lost(Direction.TO_SERVER) + this.relay.lost(Direction.TO_CLIENT))
				.as("datagrams that were too large")
				.isEqualTo(lost);
			assertThat(this.client.log().reasons()).isEmpty();
		}

	}

}
