package io.brpc;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.CloseReason.Origin;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients whose server goes and comes back, or was never there.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ReconnectTests {

	private static final ReconnectSettings QUICK = new ReconnectSettings(true, Duration.ofMillis(100),
			Duration.ofMillis(500));

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aClientReconnectsToARestartedServer() throws Exception {
		TestServer first = this.peers.server();
		int port = first.port();
		TestClient client = this.peers.client(first,
				(builder) -> builder.addService(new ExerciseService()).reconnect(QUICK));
		BrpcConnection old = client.awaitConnection();
		first.close();
		client.log().awaitReasons(1);
		assertThat(client.client().connection()).isEmpty();
		Headers headers = new Headers();
		TestServer second = this.peers.server(port, (builder) -> builder.intercept(headers));
		BrpcConnection anew = client.awaitConnectionAfter(old);
		assertThat(anew.id()).isNotEqualTo(old.id());
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("again")).getText()).isEqualTo("again");
		assertThat(headers.ids).containsExactly(claim(anew));
		assertThat(CallKind.UNARY.ask(second.channelTo(client), Payloads.text("back")).getText()).isEqualTo("back");
	}

	@Test
	void callsThatWaitForReadyOutwaitARestart() throws Exception {
		TestServer first = this.peers.server();
		int port = first.port();
		TestClient client = this.peers.client(first,
				(builder) -> builder.addService(new ExerciseService()).reconnect(QUICK));
		BrpcConnection old = client.awaitConnection();
		first.close();
		client.log().awaitReasons(1);
		ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(client.channel()).withWaitForReady();
		List<Recorder> waiting = List.of(Recorder.reading(), Recorder.reading(), Recorder.reading());
		waiting.forEach((recorder) -> stub.unary(Payloads.text("patience"), recorder));
		await().atMost(PATIENCE).until(() -> client.client().state() == ConnectivityState.TRANSIENT_FAILURE);
		StatusRuntimeException impatient = failureOf(
				() -> CallKind.UNARY.ask(client.channel(), Payloads.text("no patience")));
		assertThat(impatient.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(impatient.getStatus().getDescription()).contains("no brpc connection to").contains(":" + port);
		assertThat(waiting).noneMatch(Recorder::hasEnded);
		Headers headers = new Headers();
		this.peers.server(port, (builder) -> builder.intercept(headers));
		for (Recorder recorder : waiting) {
			assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		}
		assertThat(headers.ids).hasSize(3).containsOnly(claim(client.awaitConnectionAfter(old)));
	}

	/**
	 * Returns what a call says of its connection, which is nothing on brpc/2.
	 */
	private static String claim(BrpcConnection connection) {
		return (connection.wire() == Wire.BRPC_1) ? connection.id().toString() : Headers.NONE;
	}

	@Test
	void aClientThatStartsBeforeItsServerConnectsWhenItIsThere() throws Exception {
		int port = freePort();
		TestClient client = this.peers.dialing("localhost:" + port, (builder) -> builder.reconnect(QUICK));
		await().atMost(PATIENCE).until(() -> client.client().state() == ConnectivityState.TRANSIENT_FAILURE);
		TestServer server = this.peers.server(port, (builder) -> {
		});
		server.awaitConnection(client.awaitConnection().id());
	}

	@Test
	void aListenerMayCallAsSoonAsItIsTold() throws Exception {
		int port = freePort();
		BlockingQueue<Recorder> calls = new LinkedBlockingQueue<>();
		// With this executor a listener is told right where the connection becomes ready.
		TestClient client = this.peers.dialing("localhost:" + port,
				(builder) -> builder.reconnect(QUICK)
					.executor(Runnable::run)
					.addConnectionListener(new ConnectionListener() {
						@Override
						public void connected(BrpcConnection connection) {
							Recorder call = Recorder.reading();
							ExerciseGrpc.newStub(connection.channel()).unary(Payloads.text("at once"), call);
							calls.add(call);
						}
					}));
		for (int i = 0; i < 2; i++) {
			await().atMost(PATIENCE).until(() -> client.client().state() == ConnectivityState.TRANSIENT_FAILURE);
			TestServer server = this.peers.server(port, (builder) -> {
			});
			Recorder call = calls.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			assertThat(call).isNotNull();
			assertThat(call.awaitEnd()).isEqualTo(Status.OK);
			server.close();
		}
	}

	@Test
	void withoutReconnectTheNextCallConnects() throws Exception {
		TestServer first = this.peers.server();
		int port = first.port();
		TestClient client = this.peers.client(first, (builder) -> builder
			.reconnect(new ReconnectSettings(false, Duration.ofSeconds(1), Duration.ofSeconds(1))));
		BrpcConnection old = client.awaitConnection();
		first.close();
		client.log().awaitReasons(1);
		TestServer second = this.peers.server(port, (builder) -> {
		});
		assertThat(client.client().state()).isEqualTo(ConnectivityState.IDLE);
		assertThat(second.connections().all()).isEmpty();
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("wake up")).getText()).isEqualTo("wake up");
		assertThat(client.awaitConnection().id()).isNotEqualTo(old.id());
	}

	@Test
	void theListOfServersIsTriedInOrder() throws Exception {
		TestServer server = this.peers.server();
		TestClient client = this.peers.dialing("brpc-list:///localhost:" + freePort() + ",localhost:" + server.port(),
				(builder) -> {
				});
		server.awaitConnection(client.awaitConnection().id());
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("second")).getText()).isEqualTo("second");
	}

	@Test
	void aClientChangesToTheNextServerOfItsList() throws Exception {
		TestServer first = this.peers.server();
		TestServer second = this.peers.server();
		TestClient client = this.peers.dialing("brpc-list:///localhost:" + first.port() + ",localhost:" + second.port(),
				(builder) -> builder.addService(new ExerciseService()).reconnect(QUICK));
		first.awaitConnection(client.awaitConnection().id());
		first.close();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(second.connections().all()).hasSize(1));
		assertThat(CallKind.UNARY.ask(second.channelTo(client), Payloads.text("here")).getText()).isEqualTo("here");
	}

	/**
	 * gRPC alone would redial at once, again and again.
	 */
	@Test
	void aServerThatClosesEachConnectionAtOnceIsNotDialedInCircles() {
		Queue<Long> connects = new ConcurrentLinkedQueue<>();
		TestServer server = this.peers.server((builder) -> builder.addConnectionListener(new ConnectionListener() {
			@Override
			public void connected(BrpcConnection connection) {
				connects.add(System.nanoTime());
				connection.close(CloseCode.NO_ERROR, "not today");
			}
		}));
		Duration initial = Duration.ofMillis(200);
		TestClient client = this.peers.dialing("localhost:" + server.port(),
				(builder) -> builder.reconnect(new ReconnectSettings(true, initial, Duration.ofMinutes(2))));
		await().atMost(PATIENCE).until(() -> connects.size() >= 5);
		List<Long> times = List.copyOf(connects);
		double backoff = initial.toNanos();
		for (int i = 1; i < 5; i++) {
			// The jitter takes a fifth at most; how much later it is depends on the
			// machine, and how much earlier the notice of the first was late, too.
			assertThat(times.get(i) - times.get(0)).as("time of dial %d after the first", i)
				.isGreaterThan((long) (0.5 * backoff));
			backoff *= 1.6;
		}
		// Where the close arrives together with what makes a connection ready, the client
		// takes it for a failed attempt.
		assertThat(client.log().awaitReasons(1)).first()
			.isEqualTo(CloseReason.remote(CloseCode.NO_ERROR.code(), "not today"));
	}

	@Test
	void aSilentServerIsGivenUpAfterTheSetupTimeout() throws Exception {
		try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			TestClient client = this.peers.dialing("127.0.0.1:" + silent.getLocalPort(), (builder) -> builder
				.transportSettings(TestWires.settings().withSetupTimeout(Duration.ofMillis(300))));
			Status status = failureOf(() -> CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance()))
				.getStatus();
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription()).contains("QUIC handshake did not come within 300 ms");
		}
	}

	@Test
	void anIdleConnectionIsLostAndBothEndsAreTold() {
		TransportSettings settings = TestWires.settings().withIdle(Duration.ofSeconds(1), Duration.ZERO);
		TestServer server = this.peers.server((builder) -> builder.transportSettings(settings));
		TestClient client = this.peers.client(server, (builder) -> builder.transportSettings(settings)
			.reconnect(new ReconnectSettings(false, Duration.ofSeconds(1), Duration.ofSeconds(1))));
		assertThat(client.log().awaitReasons(1).get(0).origin()).isEqualTo(Origin.TIMEOUT);
		assertThat(server.log().awaitReasons(1).get(0).origin()).isEqualTo(Origin.TIMEOUT);
		assertThat(server.connections().all()).isEmpty();
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("anew")).getText()).isEqualTo("anew");
	}

	private static int freePort() throws IOException {
		try (DatagramSocket socket = new DatagramSocket()) {
			return socket.getLocalPort();
		}
	}

	/**
	 * Keeps the connection IDs that calls name.
	 */
	private static final class Headers implements ServerInterceptor {

		static final String NONE = "none";

		private final Queue<String> ids = new ConcurrentLinkedQueue<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			Iterable<String> ids = headers.getAll(ConnectionId.HEADER);
			if (ids != null) {
				ids.forEach(this.ids::add);
			}
			else {
				this.ids.add(NONE);
			}
			return next.startCall(call, headers);
		}

	}

}
