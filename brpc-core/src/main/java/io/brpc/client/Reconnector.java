package io.brpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client connected while no call asks for it, because the server may want to
 * call. gRPC connects only when it is used, and has no backoff after a connection that
 * was ready: against a server that accepts and closes again it would go round in circles.
 * <p>
 * Event-loop confined, but for {@link #start()}.
 */
final class Reconnector {

	private static final double GROWTH = 1.6;

	private static final double JITTER = 0.2;

	/**
	 * A connection that was ready for this long was a good one: the backoff begins anew.
	 */
	private static final Duration STABLE = Duration.ofSeconds(10);

	private final ManagedChannel channel;

	private final EventLoop loop;

	private final ReconnectSettings settings;

	private final BooleanSupplier leave;

	private final LongSupplier clockNanos;

	private final DoubleSupplier random;

	private @Nullable Future<?> pending;

	private volatile @Nullable Instant due;

	private long nextBackoffNanos;

	private long readySinceNanos;

	private ConnectivityState last = ConnectivityState.IDLE;

	/**
	 * Makes a reconnector that does nothing yet.
	 * @param channel the forward channel
	 * @param loop where it runs
	 * @param settings the delays
	 * @param leave tells, once for each time, that a connection is being drained, so that
	 * the next one should not wait
	 * @param clockNanos the time
	 * @param random from 0 to 1
	 */
	Reconnector(ManagedChannel channel, EventLoop loop, ReconnectSettings settings, BooleanSupplier leave,
			LongSupplier clockNanos, DoubleSupplier random) {
		this.channel = channel;
		this.loop = loop;
		this.settings = settings;
		this.leave = leave;
		this.clockNanos = clockNanos;
		this.random = random;
		this.nextBackoffNanos = settings.initialBackoff().toNanos();
	}

	/**
	 * Connects for the first time and keeps watch from then on.
	 */
	void start() {
		this.loop.execute(() -> {
			this.channel.getState(true);
			watch();
		});
	}

	/**
	 * Returns when the next attempt is due. May be asked by any thread.
	 * @return the time; empty if none is planned
	 */
	Optional<Instant> due() {
		return Optional.ofNullable(this.due);
	}

	private void watch() {
		ConnectivityState state = this.channel.getState(false);
		if (state == ConnectivityState.SHUTDOWN) {
			cancel();
			return;
		}
		changed(state);
		this.channel.notifyWhenStateChanged(state, () -> {
			if (!this.loop.isShuttingDown()) {
				this.loop.execute(this::watch);
			}
		});
	}

	private void changed(ConnectivityState state) {
		long now = this.clockNanos.getAsLong();
		ConnectivityState previous = this.last;
		if (previous == ConnectivityState.READY && now - this.readySinceNanos >= STABLE.toNanos()) {
			this.nextBackoffNanos = this.settings.initialBackoff().toNanos();
		}
		this.last = state;
		switch (state) {
			case READY -> {
				cancel();
				this.readySinceNanos = now;
			}
			case IDLE -> {
				// At the start the channel may still be idle, but is already told to
				// connect.
				if (previous != ConnectivityState.IDLE) {
					schedule(() -> this.channel.getState(true));
				}
			}
			case TRANSIENT_FAILURE -> schedule(this.channel::resetConnectBackoff);
			case CONNECTING, SHUTDOWN -> cancel();
		}
	}

	private void schedule(Runnable attempt) {
		cancel();
		long delay = mayHurry() ? 0 : jittered(this.nextBackoffNanos);
		this.nextBackoffNanos = grown(this.nextBackoffNanos);
		this.due = Instant.now().plusNanos(delay);
		this.pending = this.loop.schedule(() -> {
			this.due = null;
			attempt.run();
		}, delay, TimeUnit.NANOSECONDS);
	}

	/**
	 * Tells whether not to wait: a connection is being drained, and calls have nowhere to
	 * go. A server that sends its clients away again and again gets no hurry, though.
	 */
	private boolean mayHurry() {
		return this.leave.getAsBoolean() && this.nextBackoffNanos == this.settings.initialBackoff().toNanos();
	}

	private long jittered(long nanos) {
		return (long) (nanos * (1 + JITTER * (2 * this.random.getAsDouble() - 1)));
	}

	private long grown(long nanos) {
		return Math.min((long) (nanos * GROWTH), this.settings.maxBackoff().toNanos());
	}

	private void cancel() {
		this.due = null;
		if (this.pending != null) {
			this.pending.cancel(false);
			this.pending = null;
		}
	}

}
