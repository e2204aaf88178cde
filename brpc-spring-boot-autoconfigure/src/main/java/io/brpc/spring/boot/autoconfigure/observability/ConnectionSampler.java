package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionStats;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Asks every connection for its figures, again and again, from a thread of its own: a few
 * at a time, so that an event loop with many connections has room for calls between them.
 * <p>
 * Started and stopped by the application context alone; {@link #isRunning()} by any
 * thread.
 */
final class ConnectionSampler implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionSampler.class);

	private static final int BATCH = 64;

	private static final Duration BATCH_LIMIT = Duration.ofSeconds(5);

	private final List<ConnectionMeters> meters;

	private final Duration interval;

	private volatile @Nullable ScheduledExecutorService thread;

	/**
	 * Makes a sampler that is not started.
	 * @param meters what to take samples for
	 * @param interval from the end of one round to the begin of the next
	 */
	ConnectionSampler(List<ConnectionMeters> meters, Duration interval) {
		this.meters = List.copyOf(meters);
		this.interval = interval;
	}

	@Override
	public void start() {
		ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread daemon = new Thread(task, "brpc-metrics");
			daemon.setDaemon(true);
			return daemon;
		});
		thread.scheduleWithFixedDelay(this::sample, this.interval.toNanos(), this.interval.toNanos(),
				TimeUnit.NANOSECONDS);
		this.thread = thread;
	}

	@Override
	public void stop() {
		ScheduledExecutorService thread = this.thread;
		if (thread != null) {
			thread.shutdownNow();
			this.thread = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	private void sample() {
		try {
			for (ConnectionMeters meters : this.meters) {
				List<BrpcConnection> connections = List.copyOf(meters.connections());
				for (int from = 0; from < connections.size(); from += BATCH) {
					sample(meters, connections.subList(from, Math.min(from + BATCH, connections.size())));
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			logger.warn("a round of samples failed", ex);
		}
	}

	private static void sample(ConnectionMeters meters, List<BrpcConnection> connections) throws InterruptedException {
		List<CompletableFuture<ConnectionStats>> answers = new ArrayList<>();
		for (BrpcConnection connection : connections) {
			answers.add(ConnectionFigures.ask(connection));
		}
		try {
			CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
				.get(BATCH_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("not all connections of {} answered", connections.size(), ex);
		}
		for (int i = 0; i < answers.size(); i++) {
			CompletableFuture<ConnectionStats> answer = answers.get(i);
			if (answer.isDone() && !answer.isCompletedExceptionally()) {
				meters.sample(connections.get(i), answer.join());
			}
		}
	}

}
