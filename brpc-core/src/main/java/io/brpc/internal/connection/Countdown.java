package io.brpc.internal.connection;

import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time of one thing after the other: to start it again replaces what it was to
 * do before. Event-loop confined.
 */
final class Countdown {

	private final EventLoop loop;

	private @Nullable Future<?> pending;

	Countdown(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Starts.
	 * @param nanos when to act; at once if it is not positive
	 * @param action what to do if nobody stops it before
	 */
	void start(long nanos, Runnable action) {
		stop();
		this.pending = this.loop.schedule(action, Math.max(nanos, 0), TimeUnit.NANOSECONDS);
	}

	/**
	 * Tells whether it was started, and not stopped since.
	 * @return whether it was
	 */
	boolean isStarted() {
		return this.pending != null;
	}

	void stop() {
		if (this.pending != null) {
			this.pending.cancel(false);
			this.pending = null;
		}
	}

}
