package io.brpc.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.brpc.BrpcConnection;
import io.brpc.ClientStub;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server and its clients that call each other without a pause: each client keeps a
 * plain and a nested call in flight, and the server a callback to each client. Every
 * handler takes 100 to 300 ms. A caller whose call fails makes no more. Everything goes
 * into a {@link Ledger}.
 * <p>
 * Safe for use by any thread.
 */
public final class Load implements AutoCloseable {

	private static final int MIN_MILLIS = 100;

	private static final int MAX_MILLIS = 300;

	private static final long SEED = 7;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Payload PLAIN = Payloads.text("plain");

	private final Ledger ledger = new Ledger();

	private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

	private final Random random = new Random(SEED);

	private final AtomicBoolean stopped = new AtomicBoolean();

	private final TestServer server;

	private final List<TestClient> clients = new ArrayList<>();

	/**
	 * Starts server and clients, and waits until all are connected.
	 * @param peers closes them
	 * @param clientCount how many clients
	 */
	public Load(Peers peers, int clientCount) {
		peers.add(this);
		this.server = peers
			.server((builder) -> builder.intercept(this.ledger.handler()).interceptCallbacks(this.ledger.caller()));
		this.server
			.serve(new DelayedService(this::later, ClientStub.of(this.server.connections(), ExerciseGrpc::newStub)));
		for (int i = 0; i < clientCount; i++) {
			this.clients.add(peers.dialing("localhost:" + this.server.port(),
					(builder) -> builder.addService(new DelayedService(this::later))
						.intercept(this.ledger.caller())
						.interceptCallbacks(this.ledger.handler())));
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.server.connections().all()).hasSize(clientCount));
	}

	public TestServer server() {
		return this.server;
	}

	public List<TestClient> clients() {
		return List.copyOf(this.clients);
	}

	public Ledger ledger() {
		return this.ledger;
	}

	/**
	 * Starts all callers, and waits until some calls of each have ended well.
	 * @return this
	 */
	public Load start() {
		for (TestClient client : this.clients) {
			ExerciseStub stub = ExerciseGrpc.newStub(client.channel());
			new Caller(stub, PLAIN).call();
			new Caller(stub, DelayedService.NESTED).call();
		}
		for (BrpcConnection connection : this.server.connections().all()) {
			new Caller(ExerciseGrpc.newStub(connection.channel()), PLAIN).call();
		}
		// Four calls of each round: plain, nested and its callback, callback.
		int some = 2 * 4 * this.clients.size();
		await().atMost(PATIENCE).until(() -> this.ledger.outcomes().getOrDefault(Status.Code.OK, 0) >= some);
		return this;
	}

	/**
	 * Makes no new calls.
	 */
	public void stop() {
		this.stopped.set(true);
	}

	/**
	 * Waits for the end of all calls, and checks that none was lost: those that failed
	 * never began.
	 */
	public void verifyNothingLost() {
		stop();
		this.ledger.verify();
		assertThat(this.ledger.lost()).as("calls that failed although their handlers ran").isEmpty();
	}

	@Override
	public void close() {
		stop();
		this.scheduler.shutdownNow();
	}

	private void later(Runnable work) {
		int millis;
		synchronized (this.random) {
			millis = MIN_MILLIS + this.random.nextInt(MAX_MILLIS - MIN_MILLIS);
		}
		this.scheduler.schedule(Context.current().wrap(work), millis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Makes one call after the other.
	 */
	private final class Caller implements StreamObserver<Payload> {

		private final ExerciseStub stub;

		private final Payload request;

		Caller(ExerciseStub stub, Payload request) {
			this.stub = stub;
			this.request = request;
		}

		void call() {
			this.stub.unary(this.request, this);
		}

		@Override
		public void onNext(Payload response) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
			if (!Load.this.stopped.get()) {
				call();
			}
		}

	}

}
