package io.brpc.faults;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.TransportSettings;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Ledger;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An honest client that calls without a pause, and is called back, while somebody else
 * does harm. Safe for use by any thread.
 */
final class Bystander {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int SOME_CALLS = 20;

	private static final int MEASURED_CALLS = FaultSize.of(100, 5_000);

	private final Ledger ledger = new Ledger();

	private final AtomicInteger ended = new AtomicInteger();

	private final Queue<Long> times = new ConcurrentLinkedQueue<>();

	private final TestClient client;

	private volatile boolean stopped;

	/**
	 * Connects and begins to call, forwards and backwards in turn.
	 * @param peers closes the client
	 * @param server a server with an {@link ExerciseService}
	 */
	Bystander(Peers peers, TestServer server) {
		this(peers, server, TestWires.settings());
	}

	/**
	 * Connects and begins to call, forwards and backwards in turn.
	 * @param peers closes the client
	 * @param server a server with an {@link ExerciseService}
	 * @param settings the client's
	 */
	Bystander(Peers peers, TestServer server, TransportSettings settings) {
		this.client = peers.client(server,
				(builder) -> builder.addService(new ExerciseService())
					.transportSettings(settings)
					.intercept(this.ledger.caller()));
		call(ExerciseGrpc.newStub(this.client.channel()));
		call(ExerciseGrpc.newStub(server.channelTo(this.client)).withInterceptors(this.ledger.caller()));
		awaitMoreCalls();
	}

	TestClient client() {
		return this.client;
	}

	/**
	 * Waits until it has made some more calls.
	 */
	void awaitMoreCalls() {
		int enough = this.ended.get() + SOME_CALLS;
		await().atMost(PATIENCE).until(() -> this.ended.get() >= enough);
	}

	/**
	 * Measures for some calls, and then begins to measure anew.
	 * @return the 99th percentile of the next calls
	 */
	Duration timeOfNext() {
		this.times.clear();
		await().atMost(PATIENCE).until(() -> this.times.size() >= MEASURED_CALLS);
		Duration time = time();
		this.times.clear();
		return time;
	}

	/**
	 * Returns how long its calls have taken since {@link #timeOfNext()}.
	 * @return the 99th percentile
	 */
	Duration time() {
		long[] sorted = this.times.stream().mapToLong(Long::longValue).sorted().toArray();
		assertThat(sorted).as("calls that were measured").isNotEmpty();
		return Duration.ofNanos(sorted[(sorted.length - 1) * 99 / 100]);
	}

	/**
	 * Stops, and checks that it has noticed nothing: no call failed and the connection is
	 * the first one.
	 */
	void verifyUnharmed() {
		awaitMoreCalls();
		this.stopped = true;
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.ledger.callCount()).isEqualTo(this.ended.get()));
		assertThat(this.ledger.outcomes()).as("how a bystander's calls ended").containsOnlyKeys(Status.Code.OK);
		assertThat(this.client.log().entries()).as("what a bystander heard of its connection").hasSize(1);
	}

	private void call(ExerciseStub stub) {
		long begun = System.nanoTime();
		stub.unary(Payloads.text("bystander"), new StreamObserver<>() {
			@Override
			public void onNext(Payload response) {
			}

			@Override
			public void onError(Throwable failure) {
				Bystander.this.ended.incrementAndGet();
			}

			@Override
			public void onCompleted() {
				Bystander.this.times.add(System.nanoTime() - begun);
				if (!Bystander.this.stopped) {
					// The next one first: it is counted before this one has ended.
					call(stub);
				}
				Bystander.this.ended.incrementAndGet();
			}
		});
	}

}
