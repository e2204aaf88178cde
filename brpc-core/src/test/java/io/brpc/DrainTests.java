package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.brpc.client.BrpcClient;
import io.brpc.client.ReconnectState;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.Load;
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
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Single connections that are drained, servers that are replaced one after the other, and
 * where the clients go.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class DrainTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int CLIENTS = 10;

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aConnectionThatTheServerDrainsUnderLoadLosesNoCall() {
		Load load = new Load(this.peers, CLIENTS).start();
		List<BrpcConnection> drained = List.copyOf(load.server().connections().all());
		drained.forEach(BrpcConnection::drain);
		drained.forEach(BrpcConnection::drain);
		for (TestClient client : load.clients()) {
			assertThat(client.log().awaitReasons(1)).first().isEqualTo(CloseReason.remote(0, ""));
			client.awaitConnection();
		}
		int calls = load.ledger().callCount();
		await().atMost(PATIENCE).until(() -> load.ledger().callCount() > calls + 2 * CLIENTS);
		load.verifyNothingLost();
		assertThat(drained).allSatisfy((connection) -> assertThat(connection.closeReason())
			.contains(CloseReason.local(CloseCode.NO_ERROR, "")));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(load.server().connections().all()).hasSize(CLIENTS)
				.doesNotContainAnyElementsOf(drained));
	}

	@Test
	void aConnectionThatTheClientDrainsUnderLoadLosesNoCall() {
		Load load = new Load(this.peers, CLIENTS).start();
		for (TestClient client : load.clients()) {
			BrpcConnection drained = client.awaitConnection();
			drained.drain();
			client.awaitConnectionAfter(drained);
		}
		for (TestClient client : load.clients()) {
			assertThat(client.log().awaitReasons(1)).first().isEqualTo(CloseReason.local(CloseCode.NO_ERROR, ""));
		}
		load.verifyNothingLost();
		assertThat(load.server().log().awaitReasons(CLIENTS)).contains(CloseReason.remote(0, ""));
	}

	/**
	 * The client closes when the server has said all, and nobody repeats what it said
	 * last.
	 */
	@Test
	void aServerDoesNotWaitLongForAClientThatHasLeftUnheard() throws Exception {
		TransportSettings settings = TestWires.settings()
			.withIdle(Duration.ofMinutes(2), Duration.ZERO)
			.withDrainTimeout(Duration.ofMinutes(2));
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		TestServer server = this.peers.server((builder) -> builder.transportSettings(settings));
		UdpRelay relay = this.peers.add(UdpRelay.to(server.port()));
		TestClient client = this.peers.dialing("localhost:" + relay.port(),
				(builder) -> builder.transportSettings(settings).addService(new ExerciseService((request) -> {
					entered.countDown();
					pass(gate);
					return request;
				})));
		Recorder callback = Recorder.reading();
		ExerciseGrpc.newStub(server.channelTo(client)).unary(Payloads.text("last"), callback);
		pass(entered);
		client.client().shutdown();
		await().atMost(PATIENCE).until(() -> server.connections().all().isEmpty());
		// The server's last words reach the client after its own have become inaudible.
		relay.rules(Direction.TO_CLIENT, RelayRules.NONE.withDelay(Duration.ofMillis(300), Duration.ZERO));
		gate.countDown();
		assertThat(callback.awaitEnd()).isEqualTo(Status.OK);
		relay.rules(Direction.TO_SERVER, RelayRules.NONE.withBlackhole(true));
		client.close();
		assertThat(server.server().stop(PATIENCE)).isTrue();
		assertThat(server.log().awaitReasons(1)).containsExactly(CloseReason.local(CloseCode.NO_ERROR, ""));
	}

	@Test
	void aHandlerStillCallsBackOverAConnectionThatIsDrained() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			entered.countDown();
			pass(gate);
			return CallKind.UNARY.ask(clients.get(), request);
		}));
		TestClient client = this.peers.client(server);
		BrpcConnection drained = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("nested"), call);
		pass(entered);
		server.awaitConnection(drained.id()).drain();
		client.awaitConnectionAfter(drained);
		assertThat(drained.closeReason()).isEmpty();
		gate.countDown();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		assertThat(call.messages()).containsExactly(Payloads.text("nested"));
		await().atMost(PATIENCE).until(() -> drained.closeReason().isPresent());
		assertThat(drained.closeReason()).contains(CloseReason.remote(0, ""));
	}

	@Test
	void theServerKnowsAtOnceThatAClientLeaves() throws Exception {
		HangingService hanging = new HangingService();
		TestServer server = this.peers
			.server((builder) -> builder.duplicatePrincipal(DuplicatePrincipal.REJECT)
				.authenticator((request) -> ClientIdentity.named("ada")))
			.serve(hanging);
		TestClient client = this.peers.client(server);
		BrpcConnection drained = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("never"), call);
		hanging.awaitStart();
		drained.drain();
		BrpcConnection next = client.awaitConnectionAfter(drained);
		assertThat(server.awaitConnection(next.id()).id()).isEqualTo(next.id());
		assertThat(server.connections().find(drained.id())).isEmpty();
		assertThat(drained.closeReason()).isEmpty();
		call.call().cancel("enough", null);
		hanging.awaitCancellation();
	}

	@Test
	void aDrainThatTakesTooLongIsCutOff() throws Exception {
		HangingService hanging = new HangingService();
		TestServer server = this.peers.server(
				(builder) -> builder.transportSettings(TestWires.settings().withDrainTimeout(Duration.ofMillis(300))))
			.serve(hanging);
		TestClient client = this.peers.client(server);
		BrpcConnection drained = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("never"), call);
		hanging.awaitStart();
		server.awaitConnection(drained.id()).drain();
		Status status = call.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		hanging.awaitCancellation();
		assertThat(client.log().awaitReasons(1))
			.containsExactly(CloseReason.remote(CloseCode.DRAIN_TIMEOUT.code(), "not drained within 300 ms"));
	}

	@Test
	void aClientThatIsToldToGoGoesToAnotherServer() {
		TestServer first = this.peers.server();
		TestServer second = this.peers.server();
		TestClient client = this.peers.dialing(addresses(first, second), (builder) -> {
		});
		BrpcConnection drained = client.awaitConnection();
		first.awaitConnection(drained.id()).drain();
		BrpcConnection next = client.awaitConnectionAfter(drained);
		assertThat(next.remoteAddress().getPort()).isEqualTo(second.port());
		second.awaitConnection(next.id()).drain();
		BrpcConnection last = client.awaitConnectionAfter(next);
		assertThat(last.remoteAddress().getPort()).isEqualTo(first.port());
	}

	@Test
	void aClientThatIsToldToGoByItsOnlyServerComesBack() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.dialing("dns:///localhost:" + server.port(), (builder) -> {
		});
		BrpcConnection drained = client.awaitConnection();
		server.awaitConnection(drained.id()).drain();
		client.awaitConnectionAfter(drained);
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("back"))).isEqualTo(Payloads.text("back"));
	}

	@Test
	void serversThatAreReplacedOneAfterTheOtherFailNoCall() throws Exception {
		Ledger ledger = new Ledger();
		TestServer first = nesting(0, ledger);
		TestServer second = nesting(0, ledger);
		List<Calls> callers = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			TestClient client = this.peers.dialing(addresses(first, second),
					(builder) -> builder.addService(new ExerciseService())
						.intercept(ledger.caller())
						.interceptCallbacks(ledger.handler()));
			client.awaitConnection();
			callers.add(new Calls(client));
		}
		callers.forEach(Calls::call);
		awaitMoreCalls(ledger);
		assertThat(first.server().stop(PATIENCE)).as("drained").isTrue();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(second.connections().all()).hasSize(CLIENTS));
		awaitMoreCalls(ledger);
		TestServer again = nesting(first.port(), ledger);
		assertThat(second.server().stop(PATIENCE)).as("drained").isTrue();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(again.connections().all()).hasSize(CLIENTS));
		awaitMoreCalls(ledger);
		callers.forEach(Calls::stop);
		ledger.verifyAllOk();
	}

	@Test
	void attemptsToReconnectCanBeWatched() throws Exception {
		TestServer server = this.peers.server();
		TestClient watched = this.peers.client(server);
		BrpcClient client = watched.client();
		int port = server.port();
		assertThat(client.reconnectState().attempts()).isZero();
		assertThat(client.reconnectState().lastError()).isEmpty();
		assertThat(client.reconnectState().nextAttempt()).isEmpty();
		server.server().shutdownNow();
		server.server().awaitTermination();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
			ReconnectState lost = client.reconnectState();
			assertThat(lost.attempts()).isPositive();
			assertThat(lost.nextAttempt()).isPresent();
			assertThat(lost.lastError()).hasValueSatisfying((error) -> {
				assertThat(error.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(error.getDescription()).startsWith("no brpc connection to").contains(":" + port);
			});
		});
		TestServer again = this.peers.server(port, (builder) -> {
		});
		Payload waited = ExerciseGrpc.newBlockingStub(watched.channel())
			.withWaitForReady()
			.withDeadlineAfter(30, TimeUnit.SECONDS)
			.unary(Payloads.text("waited"));
		assertThat(waited).isEqualTo(Payloads.text("waited"));
		again.awaitConnection(watched.awaitConnection().id());
		assertThat(client.reconnectState()).isEqualTo(new ReconnectState(0, Optional.empty(), Optional.empty()));
	}

	private TestServer nesting(int port, Ledger ledger) {
		TestServer server = this.peers.server(port,
				(builder) -> builder.intercept(ledger.handler()).interceptCallbacks(ledger.caller()));
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		return server.serve(new ExerciseService((request) -> CallKind.UNARY.ask(clients.get(), request)));
	}

	private static String addresses(TestServer first, TestServer second) {
		return "brpc-list:///localhost:" + first.port() + ",localhost:" + second.port();
	}

	private static void awaitMoreCalls(Ledger ledger) {
		int before = ledger.callCount();
		await().atMost(PATIENCE).until(() -> ledger.callCount() > before + 10 * CLIENTS);
	}

	private static void pass(CountDownLatch gate) {
		try {
			assertThat(gate.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	/**
	 * Makes one nested call after the other, and goes on when one fails.
	 */
	private static final class Calls implements StreamObserver<Payload> {

		private final TestClient client;

		private volatile boolean stopped;

		Calls(TestClient client) {
			this.client = client;
		}

		void call() {
			if (!this.stopped) {
				ExerciseGrpc.newStub(this.client.channel()).unary(Payloads.text("nested"), this);
			}
		}

		void stop() {
			this.stopped = true;
		}

		@Override
		public void onNext(Payload response) {
		}

		@Override
		public void onError(Throwable failure) {
			call();
		}

		@Override
		public void onCompleted() {
			call();
		}

	}

}
