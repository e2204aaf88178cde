package io.brpc.internal.h2;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a stream takes nothing of what waits for it. A peer that merely thinks
 * does not stall its stream: HTTP/2 goes on reading and holds back single calls. One that
 * stalls it has stopped reading, although its QUIC still answers.
 * <p>
 * Event-loop confined.
 */
final class StallWatch {

	private final EventLoop loop;

	private final Duration patience;

	private final Runnable onStall;

	private boolean waiting;

	private long lastProgressNanos;

	private @Nullable Future<?> check;

	StallWatch(EventLoop loop, Duration patience, Runnable onStall) {
		this.loop = loop;
		this.patience = patience;
		this.onStall = onStall;
	}

	/**
	 * To be told after each attempt to write.
	 * @param progress whether the stream took anything
	 * @param waiting whether anything is left
	 */
	void wrote(boolean progress, boolean waiting) {
		if (progress || !this.waiting) {
			this.lastProgressNanos = this.loop.ticker().nanoTime();
		}
		this.waiting = waiting;
		if (waiting && this.check == null) {
			checkIn(this.patience.toNanos());
		}
	}

	private void checkIn(long nanos) {
		this.check = this.loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
	}

	private void check() {
		this.check = null;
		if (!this.waiting) {
			return;
		}
		long left = this.patience.toNanos() - (this.loop.ticker().nanoTime() - this.lastProgressNanos);
		if (left > 0) {
			checkIn(left);
		}
		else {
			this.onStall.run();
		}
	}

	void stop() {
		this.waiting = false;
		if (this.check != null) {
			this.check.cancel(false);
			this.check = null;
		}
	}

}
