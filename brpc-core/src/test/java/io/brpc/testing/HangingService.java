package io.brpc.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Never answers a unary call. Knows of one call. Safe for use by any thread.
 */
public final class HangingService extends ExerciseService {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final CountDownLatch started = new CountDownLatch(1);

	private final CountDownLatch cancelled = new CountDownLatch(1);

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		Context.current().addListener((context) -> this.cancelled.countDown(), Runnable::run);
		this.started.countDown();
	}

	/**
	 * Waits until the call is there.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitStart() throws InterruptedException {
		assertThat(this.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the handler runs").isTrue();
	}

	/**
	 * Waits until the call is cancelled.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitCancellation() throws InterruptedException {
		assertThat(this.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the handler is cancelled")
			.isTrue();
	}

}
