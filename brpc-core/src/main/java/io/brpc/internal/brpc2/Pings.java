package io.brpc.internal.brpc2;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.brpc.internal.brpc2.frame.WireException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The signs of life that this end asks for: one at a time, and by itself when the
 * connection has been silent. Event-loop confined.
 */
final class Pings {

	private final EventLoop loop;

	private final long intervalNanos;

	private final LongConsumer send;

	private final Queue<LongConsumer> waiting = new ArrayDeque<>(1);

	private @Nullable LongConsumer current;

	private long payload;

	private long sentNanos;

	private long heardNanos;

	private @Nullable Future<?> timer;

	/**
	 * Makes pings that begin when they are told to.
	 * @param loop the event loop
	 * @param interval how long the connection may be silent before this end asks; zero
	 * for as long as it likes
	 * @param send sends a PING with a payload
	 */
	Pings(EventLoop loop, Duration interval, LongConsumer send) {
		this.loop = loop;
		this.intervalNanos = interval.toNanos();
		this.send = send;
	}

	/**
	 * Pings whenever the connection has been silent for the keep-alive interval.
	 */
	void start() {
		heard();
		if (this.intervalNanos > 0) {
			checkIn(this.intervalNanos);
		}
	}

	private void checkIn(long nanos) {
		this.timer = this.loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
	}

	void stop() {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		this.waiting.clear();
		this.current = null;
	}

	/**
	 * The connection is not silent.
	 */
	void heard() {
		this.heardNanos = this.loop.ticker().nanoTime();
	}

	/**
	 * Looks when silence began, and comes again when it has lasted for the interval.
	 */
	private void check() {
		long left = this.intervalNanos - (this.loop.ticker().nanoTime() - this.heardNanos);
		if (left > 0) {
			checkIn(left);
			return;
		}
		if (this.current == null) {
			ping((nanos) -> {
			});
		}
		checkIn(this.intervalNanos);
	}

	void ping(LongConsumer answered) {
		if (this.current != null) {
			this.waiting.add(answered);
			return;
		}
		this.current = answered;
		this.sentNanos = this.loop.ticker().nanoTime();
		this.send.accept(++this.payload);
	}

	void answered(long payload) {
		LongConsumer answered = this.current;
		if (answered == null || payload != this.payload) {
			throw new WireException("answers no PING");
		}
		this.current = null;
		LongConsumer next = this.waiting.poll();
		if (next != null) {
			ping(next);
		}
		answered.accept(this.loop.ticker().nanoTime() - this.sentNanos);
	}

}
