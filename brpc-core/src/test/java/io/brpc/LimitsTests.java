package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

/**
 * Each limit, and what whoever goes over it is told.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class LimitsTests {

	private static final Payload REQUEST = Payload.newBuilder().setText("hello").build();

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void connectionTooManyIsRefusedInWords() {
		TestServer server = this.peers
			.server((builder) -> builder.admissionLimits(new AdmissionLimits(2, 1000, 1000, 0)));
		TestClient first = this.peers.client(server);
		TestClient second = this.peers.client(server);
		TestClient third = this.peers.dialing("localhost:" + server.port(), (builder) -> {
		});
		assertThat(failureOf(third)).startsWith("no brpc connection to localhost/127.0.0.1:" + server.port())
			.endsWith("closed by the peer: REFUSED (0xb008), the server has 2 connections, which is its limit");
		assertThat(call(first)).isEqualTo(REQUEST);
		assertThat(call(second)).isEqualTo(REQUEST);
	}

	@Test
	void placeOfAClientThatLeftIsFree() throws Exception {
		TestServer server = this.peers.server((builder) -> builder.admissionLimits(new AdmissionLimits(1, 1, 1, 0)));
		for (int i = 0; i < 3; i++) {
			try (TestClient client = this.peers.client(server)) {
				assertThat(call(client)).isEqualTo(REQUEST);
			}
			await().untilAsserted(() -> assertThat(server.connections().all()).isEmpty());
		}
	}

	@Test
	void connectionsPerAddressAreLimited() {
		TestServer server = this.peers
			.server((builder) -> builder.admissionLimits(new AdmissionLimits(1000, 1, 1000, 0)));
		this.peers.client(server);
		TestClient second = this.peers.dialing("localhost:" + server.port(), (builder) -> {
		});
		assertThat(failureOf(second))
			.endsWith("REFUSED (0xb008), the server has 1 connections from this address, which is its limit");
	}

	@Test
	void loopOfCallsEndsAtTheLimitNamingTheChain() {
		AtomicInteger handled = new AtomicInteger();
		AtomicReference<TestClient> caller = new AtomicReference<>();
		TestServer server = this.peers.server();
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				handled.incrementAndGet();
				forward(ExerciseGrpc.newStub(server.connections().currentChannel()), request, responses);
			}
		});
		caller.set(this.peers.client(server, (builder) -> builder.addService(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				handled.incrementAndGet();
				forward(ExerciseGrpc.newStub(caller.get().channel()), request, responses);
			}
		})));
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> call(caller.get()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		String method = ExerciseGrpc.getUnaryMethod().getFullMethodName();
		assertThat(failure.getStatus().getDescription()).isEqualTo(
				"calls are nested 9 deep, limit is 8: " + String.join(",", java.util.Collections.nCopies(9, method)));
		assertThat(handled).hasValue(8);
	}

	private static void forward(ExerciseGrpc.ExerciseStub stub, Payload request, StreamObserver<Payload> responses) {
		stub.unary(request, responses);
	}

	@Test
	void callbackTooManyToOneClientEndsAtOnce() throws Exception {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofSeconds(30), 3)));
		HangingService hanging = new HangingService();
		TestClient stuck = this.peers.client(server, (builder) -> builder.addService(hanging));
		TestClient other = this.peers.client(server);
		Context.CancellableContext handler = Context.current().withCancellation();
		List<CompletableFuture<Payload>> inFlight = new ArrayList<>();
		handler.run(() -> {
			for (int i = 0; i < 3; i++) {
				inFlight.add(start(ExerciseGrpc.newStub(server.channelTo(stuck))));
			}
		});
		hanging.awaitStart();
		Status refused = failureOf(start(ExerciseGrpc.newStub(server.channelTo(stuck))));
		assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(refused.getDescription())
			.isEqualTo("client " + stuck.awaitConnection().id() + " has 3 callbacks in flight, which is the limit");
		assertThat(start(ExerciseGrpc.newStub(server.channelTo(other))).get(10, TimeUnit.SECONDS)).isEqualTo(REQUEST);
		handler.cancel(null);
		for (CompletableFuture<Payload> call : inFlight) {
			assertThat(failureOf(call).getCode()).isEqualTo(Status.Code.CANCELLED);
		}
		// Their places are free again.
		CompletableFuture<Payload> again = start(
				ExerciseGrpc.newStub(server.channelTo(stuck)).withDeadlineAfter(100, TimeUnit.MILLISECONDS));
		assertThat(failureOf(again).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	@Test
	void unaryCallbackHasADeadlineEvenIfNobodySetOne() throws Exception {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofMillis(200), 100)));
		HangingService hanging = new HangingService();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(hanging));
		assertThat(failureOf(start(ExerciseGrpc.newStub(server.channelTo(client)))).getCode())
			.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		hanging.awaitCancellation();
	}

	@Test
	void callersOwnDeadlineGoesBeforeTheDefault() throws Exception {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofMillis(1), 100)));
		AtomicReference<Deadline> seen = new AtomicReference<>();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				seen.set(Context.current().getDeadline());
				super.unary(request, responses);
			}
		}));
		assertThat(start(ExerciseGrpc.newStub(server.channelTo(client)).withDeadlineAfter(1, TimeUnit.MINUTES)).get(10,
				TimeUnit.SECONDS))
			.isEqualTo(REQUEST);
		assertThat(seen.get().timeRemaining(TimeUnit.SECONDS)).isBetween(1L, 60L);
	}

	@Test
	void callsBeyondTheConcurrencyLimitWaitTheirTurn() throws Exception {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Semaphore permits = new Semaphore(0);
		TestServer server = this.peers.server((builder) -> builder.callLimits(new CallLimits(2, 1000, 8)));
		server.serve(new ExerciseService((request) -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			permits.acquireUninterruptibly();
			running.decrementAndGet();
			return request;
		}));
		TestClient client = this.peers.client(server);
		List<CompletableFuture<Payload>> calls = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			calls.add(start(ExerciseGrpc.newStub(client.channel())));
		}
		await().untilAtomic(running, equalTo(2));
		permits.release(calls.size());
		for (CompletableFuture<Payload> call : calls) {
			assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(REQUEST);
		}
		assertThat(most).hasValue(2);
	}

	@Test
	void clientThatCancelsTooFastLosesItsConnection() throws Exception {
		TestServer server = this.peers.server((builder) -> builder.callLimits(new CallLimits(1000, 20, 8)));
		server.serve(new HangingService());
		TestClient client = this.peers.client(server);
		TestClient bystander = this.peers.client(server);
		BrpcConnection attacked = client.awaitConnection();
		for (int i = 0; i < 200; i++) {
			Context.CancellableContext context = Context.current().withCancellation();
			context.run(() -> start(ExerciseGrpc.newStub(client.channel())));
			context.cancel(null);
		}
		client.awaitConnectionAfter(attacked);
		assertThat(bystander.log().reasons()).isEmpty();
		assertThat(client.log().reasons()).isNotEmpty();
	}

	@Test
	void limitsAreAtLeastOne() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionLimits(0, 1, 1, 0))
			.withMessage("maxConnections is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionLimits(1, 0, 1, 0))
			.withMessage("maxConnectionsPerAddress is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new AdmissionLimits(1, 1, 0, 0))
			.withMessage("maxHandshakes is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimits(0, 1, 1))
			.withMessage("maxConcurrentCalls is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimits(1, 0, 1))
			.withMessage("maxResetsPerSecond is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimits(1, 1, 0))
			.withMessage("maxDepth is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallbackLimits(Duration.ZERO, 1))
			.withMessage("defaultDeadline is PT0S, more than zero");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallbackLimits(Duration.ofSeconds(1), 0))
			.withMessage("maxConcurrentCallbacks is 0, at least 1");
	}

	private static Payload call(TestClient client) {
		return ExerciseGrpc.newBlockingStub(client.channel()).withDeadlineAfter(20, TimeUnit.SECONDS).unary(REQUEST);
	}

	private static String failureOf(TestClient client) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> call(client));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		return failure.getStatus().getDescription();
	}

	private static Status failureOf(CompletableFuture<Payload> call) throws Exception {
		ExecutionException failure = catchThrowableOfType(ExecutionException.class,
				() -> call.get(20, TimeUnit.SECONDS));
		return Status.fromThrowable(failure.getCause());
	}

	private static CompletableFuture<Payload> start(ExerciseGrpc.ExerciseStub stub) {
		CompletableFuture<Payload> result = new CompletableFuture<>();
		stub.unary(REQUEST, new StreamObserver<>() {
			@Override
			public void onNext(Payload response) {
				result.complete(response);
			}

			@Override
			public void onError(Throwable failure) {
				result.completeExceptionally(failure);
			}

			@Override
			public void onCompleted() {
			}
		});
		return result;
	}

}
