package io.brpc.internal.brpc2;

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

	private final CallSession session;

	private final EventLoop loop;

	private final Queue<LongConsumer> waiting = new ArrayDeque<>();

	private @Nullable LongConsumer current;

	private long payload;

	private long sentNanos;

	private boolean heard;

	private @Nullable Future<?> timer;

	Pings(CallSession session, EventLoop loop) {
		this.session = session;
		this.loop = loop;
	}

	/**
	 * Pings whenever the connection is silent.
	 */
	void start() {
		long interval = this.session.settings().keepAliveInterval().toNanos();
		if (interval > 0) {
			this.timer = this.loop.scheduleAtFixedRate(this::check, interval, interval, TimeUnit.NANOSECONDS);
		}
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
		this.heard = true;
	}

	private void check() {
		if (!this.heard && this.current == null) {
			ping((nanos) -> {
			});
		}
		this.heard = false;
	}

	void ping(LongConsumer answered) {
		if (this.current != null) {
			this.waiting.add(answered);
			return;
		}
		this.current = answered;
		this.sentNanos = this.loop.ticker().nanoTime();
		this.session.control().sendPing(++this.payload);
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
