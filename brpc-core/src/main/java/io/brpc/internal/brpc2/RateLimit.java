package io.brpc.internal.brpc2;

import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.Ticker;

/**
 * How often something may happen in a second. Event-loop confined.
 */
final class RateLimit {

	private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Ticker ticker;

	private final int max;

	private long beginNanos;

	private int count;

	RateLimit(Ticker ticker, int max) {
		this.ticker = ticker;
		this.max = max;
		this.beginNanos = ticker.nanoTime();
	}

	/**
	 * It happens.
	 * @return whether it may
	 */
	boolean tryAcquire() {
		long now = this.ticker.nanoTime();
		if (now - this.beginNanos >= SECOND_NANOS) {
			this.beginNanos = now;
			this.count = 0;
		}
		return ++this.count <= this.max;
	}

}
