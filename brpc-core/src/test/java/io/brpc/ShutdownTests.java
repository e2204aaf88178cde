package io.brpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.brpc.CloseReason.Origin;
import io.brpc.client.BrpcClient;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Load;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The ends of servers and clients, graceful and not, and what becomes of their calls.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ShutdownTests {

	private static final CloseReason SERVER_SHUTDOWN = CloseReason.remote(CloseCode.SERVER_SHUTDOWN.code(), "");

	private static final int CLIENTS = 50;

	private static final Duration GRACE_PERIOD = Duration.ofSeconds(20);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aServerThatStopsUnderLoadLosesNoCall() throws Exception {
		Load load = new Load(this.peers, CLIENTS).start();
		assertThat(load.server().server().stop(GRACE_PERIOD)).as("drained within the grace period").isTrue();
		load.verifyNothingLost();
		for (TestClient client : load.clients()) {
			CloseReason reason = client.log().awaitReasons(1).get(0);
			assertThat(reason).isEqualTo(SERVER_SHUTDOWN);
		}
		assertThat(load.server().log().reasons()).hasSize(CLIENTS)
			.allSatisfy((reason) -> assertThat(reason.origin()).isEqualTo(Origin.LOCAL));
	}

	@Test
	void clientsThatCloseUnderLoadLoseNoCall() throws Exception {
		Load load = new Load(this.peers, CLIENTS).start();
		load.clients().forEach((client) -> client.client().shutdown());
		for (TestClient client : load.clients()) {
			assertThat(client.client().awaitTermination(GRACE_PERIOD)).as("drained").isTrue();
		}
		load.verifyNothingLost();
		assertThat(load.server().log().awaitReasons(CLIENTS)).hasSize(CLIENTS).allSatisfy((reason) -> {
			assertThat(reason.origin()).isEqualTo(Origin.REMOTE);
			assertThat(reason.description()).contains("NO_ERROR (0x0)");
		});
		assertThat(load.server().connections().all()).isEmpty();
	}

	@Test
	void aHandlerStillCallsBackWhileTheServerDrains() throws Exception {
		Gate gate = new Gate();
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			gate.pass();
			return CallKind.UNARY.ask(clients.get(), request);
		}));
		TestClient client = this.peers.client(server);
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("nested"), call);
		gate.awaitSomebody();
		server.server().shutdown();
		await().atMost(PATIENCE).until(() -> server.connections().all().isEmpty());
		assertThat(server.server().isTerminated()).isFalse();
		assertThat(client.log().reasons()).isEmpty();
		gate.open();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		assertThat(call.messages()).containsExactly(Payloads.text("nested"));
		assertThat(server.server().awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aClientThatShutsDownLetsCallsBothWaysFinish() throws Exception {
		Gate forward = new Gate();
		Gate reverse = new Gate();
		TestServer server = this.peers.server();
		server.serve(new ExerciseService(forward::passing));
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService(reverse::passing)));
		Recorder call = Recorder.reading();
		Recorder callback = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("call"), call);
		ExerciseGrpc.newStub(server.channelTo(client)).unary(Payloads.text("callback"), callback);
		forward.awaitSomebody();
		reverse.awaitSomebody();
		client.client().shutdown();
		forward.open();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		await().atMost(PATIENCE).until(() -> server.connections().all().isEmpty());
		assertThat(client.client().isTerminated()).isFalse();
		reverse.open();
		assertThat(callback.awaitEnd()).isEqualTo(Status.OK);
		assertThat(client.client().awaitTermination(PATIENCE)).isTrue();
	}

	@Test
	void aHangingCallIsEndedAfterTheGracePeriod() throws Exception {
		HangingService hanging = new HangingService();
		TestServer server = this.peers.server().serve(hanging);
		TestClient client = this.peers.client(server);
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payload.getDefaultInstance(), call);
		hanging.awaitStart();
		Wire wire = client.awaitConnection().wire();
		assertThat(server.server().stop(Duration.ofMillis(300))).isFalse();
		assertThat(server.server().isTerminated()).isTrue();
		Status status = call.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(client.log().awaitReasons(1)).singleElement()
			.isEqualTo(CloseReason.remote(CloseCode.SERVER_SHUTDOWN.code(), CloseCode.SERVER_SHUTDOWN.description()));
		hanging.awaitCancellation();
	}

	@Test
	void aHangingCallbackIsEndedAfterTheGracePeriod() throws Exception {
		HangingService hanging = new HangingService();
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(hanging));
		Recorder callback = Recorder.reading();
		ExerciseGrpc.newStub(server.channelTo(client)).unary(Payload.getDefaultInstance(), callback);
		hanging.awaitStart();
		assertThat(server.server().stop(Duration.ofMillis(300))).isFalse();
		assertThat(callback.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		hanging.awaitCancellation();
	}

	@Test
	void shutdownNowOfTheServerEndsCallsBothWays() throws Exception {
		InFlight calls = new InFlight(this.peers);
		calls.server.server().shutdownNow();
		assertThat(calls.server.server().awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		calls.verifyLost("SERVER_SHUTDOWN (0x64)");
	}

	@Test
	void shutdownNowOfTheClientEndsCallsBothWays() throws Exception {
		InFlight calls = new InFlight(this.peers);
		calls.client.client().shutdownNow();
		assertThat(calls.client.client().awaitTermination(PATIENCE)).isTrue();
		calls.verifyLost("NO_ERROR (0x0)");
		assertThat(calls.server.connections().all()).isEmpty();
	}

	@Test
	void shutdownNowUnderLoadEndsEveryCallOnce() throws Exception {
		Load load = new Load(this.peers, CLIENTS).start();
		load.server().server().shutdownNow();
		assertThat(load.server().server().awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		load.stop();
		load.ledger().verify();
	}

	@Test
	void anApplicationClosesOneConnectionAndNoOther() throws Exception {
		InFlight calls = new InFlight(this.peers);
		TestClient other = this.peers.client(calls.server);
		BrpcConnection connection = calls.server.awaitConnection(calls.client.awaitConnection().id());
		connection.close(CloseCode.NO_ERROR, "no more room");
		calls.verifyLost("no more room");
		assertThat(calls.client.log().awaitReasons(1)).singleElement()
			.isEqualTo(CloseReason.remote(CloseCode.NO_ERROR.code(), "no more room"));
		assertThat(connection.closeReason()).contains(CloseReason.local(CloseCode.NO_ERROR, "no more room"));
		assertThat(CallKind.UNARY.ask(calls.server.channelTo(other), Payloads.text("still here")).getText())
			.isEqualTo("still here");
	}

	@Test
	void theRegistryHasAConnectionExactlyWhileItIsReady() throws Exception {
		CompletableFuture<Boolean> whenConnected = new CompletableFuture<>();
		CompletableFuture<Boolean> whenDisconnected = new CompletableFuture<>();
		TestServer server = this.peers.server();
		server.connections().addListener(new ConnectionListener() {
			@Override
			public void connected(BrpcConnection connection) {
				whenConnected.complete(server.connections().find(connection.id()).isPresent());
			}

			@Override
			public void disconnected(BrpcConnection connection, CloseReason reason) {
				whenDisconnected.complete(server.connections().find(connection.id()).isPresent());
			}
		});
		Gate gate = new Gate();
		server.serve(new ExerciseService(gate::passing));
		TestClient client = this.peers.client(server);
		assertThat(whenConnected.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payload.getDefaultInstance(), call);
		gate.awaitSomebody();
		server.server().shutdown();
		await().atMost(PATIENCE).until(() -> server.connections().all().isEmpty());
		assertThat(whenDisconnected).as("a draining connection is still connected").isNotDone();
		gate.open();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		assertThat(whenDisconnected.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
	}

	@Test
	void aListenerThatThrowsChangesNothing() throws Exception {
		TestServer server = this.peers.server((builder) -> builder.addConnectionListener(new ConnectionListener() {
			@Override
			public void connected(BrpcConnection connection) {
				throw new IllegalStateException("thrown by the test");
			}

			@Override
			public void disconnected(BrpcConnection connection, CloseReason reason) {
				throw new IllegalStateException("thrown by the test");
			}
		}));
		TestClient client = this.peers.client(server);
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("fine")).getText()).isEqualTo("fine");
		client.close();
		assertThat(server.log().awaitReasons(1)).hasSize(1);
	}

	@Test
	void callsAfterTheClientsShutdownFail() {
		TestServer server = this.peers.server();
		BrpcClient client = this.peers.client(server).client();
		client.close();
		assertThat(client.isTerminated()).isTrue();
		Status status = CallContract.failureOf(() -> CallKind.UNARY.ask(client.channel(), Payloads.text("too late")))
			.getStatus();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(client.connection()).isEmpty();
	}

	/**
	 * A call and a callback that hang.
	 */
	private static final class InFlight {

		private final TestServer server;

		private final TestClient client;

		private final HangingService onServer = new HangingService();

		private final HangingService onClient = new HangingService();

		private final Recorder call = Recorder.reading();

		private final Recorder callback = Recorder.reading();

		InFlight(Peers peers) throws InterruptedException {
			this.server = peers.server().serve(this.onServer);
			this.client = peers.client(this.server, (builder) -> builder.addService(this.onClient));
			ExerciseGrpc.newStub(this.client.channel()).unary(Payload.getDefaultInstance(), this.call);
			ExerciseGrpc.newStub(this.server.channelTo(this.client)).unary(Payload.getDefaultInstance(), this.callback);
			this.onServer.awaitStart();
			this.onClient.awaitStart();
		}

		void verifyLost(String words) throws InterruptedException {
			assertLost("call", this.call.awaitEnd(), words);
			assertLost("callback", this.callback.awaitEnd(), words);
			this.onServer.awaitCancellation();
			this.onClient.awaitCancellation();
		}

	}

	private static void assertLost(String which, Status status, String words) {
		assertThat(status.getCode()).as("code of the %s", which).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).as("description of the %s", which)
			.contains("brpc connection")
			.contains(words);
	}

	/**
	 * Holds handlers until it is opened.
	 */
	private static final class Gate {

		private final CountDownLatch somebody = new CountDownLatch(1);

		private final CountDownLatch open = new CountDownLatch(1);

		void pass() {
			this.somebody.countDown();
			try {
				assertThat(this.open.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		Payload passing(Payload request) {
			pass();
			return request;
		}

		void awaitSomebody() throws InterruptedException {
			assertThat(this.somebody.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("a handler runs").isTrue();
		}

		void open() {
			this.open.countDown();
		}

	}

}
