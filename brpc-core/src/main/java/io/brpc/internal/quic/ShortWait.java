package io.brpc.internal.quic;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Has an event loop look for work a little longer before its thread sleeps. To put a
 * thread to sleep and to wake it up costs both who waits and who sends about 10 us each,
 * and more on virtual machines, several times what a small call costs; so a loop whose
 * work comes in quick succession is better off awake. It looks for about as long as that
 * costs; if nothing comes, it looks at fewer and fewer of its waits, so that a loop with
 * little to do sleeps as ever.
 * <p>
 * Event-loop confined.
 */
final class ShortWait implements SelectStrategy {

	/**
	 * After so many vain looks in a row, one wait in two to the power of this is looked
	 * at.
	 */
	private static final int MAX_MISSES = 6;

	private final long waitNanos;

	private final BooleanSupplier hasTasks;

	private final LongSupplier nanoTime;

	private int misses;

	private int skips;

	/**
	 * Makes the strategy of a loop.
	 * @param waitNanos how long the loop looks before it sleeps, nanoseconds; zero for
	 * not at all
	 * @param hasTasks tells whether the loop has something else to do than I/O
	 * @param nanoTime the clock
	 */
	ShortWait(long waitNanos, BooleanSupplier hasTasks, LongSupplier nanoTime) {
		this.waitNanos = waitNanos;
		this.hasTasks = hasTasks;
		this.nanoTime = nanoTime;
	}

	@Override
	public int calculateStrategy(IntSupplier ready, boolean busy) throws Exception {
		if (busy) {
			return ready.get();
		}
		if (this.waitNanos == 0) {
			return SELECT;
		}
		if (this.skips > 0) {
			this.skips--;
			return SELECT;
		}
		long begin = this.nanoTime.getAsLong();
		do {
			int count = ready.get();
			if (count > 0 || this.hasTasks.getAsBoolean()) {
				this.misses = 0;
				return count;
			}
			Thread.onSpinWait();
		}
		while (this.nanoTime.getAsLong() - begin < this.waitNanos);
		this.misses = Math.min(this.misses + 1, MAX_MISSES);
		this.skips = (1 << this.misses) - 1;
		return SELECT;
	}

}
