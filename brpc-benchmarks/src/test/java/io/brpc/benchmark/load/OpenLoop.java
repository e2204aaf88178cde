package io.brpc.benchmark.load;

import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.brpc.benchmark.peer.Caller;
import io.brpc.testing.proto.Payload;

/**
 * Begins calls at a fixed rate, whether or not those before have ended, and counts each
 * one's latency from when it should have begun: so that a stall is seen by all the calls
 * that it delays, and not only by the one that was under way (coordinated omission).
 * <p>
 * Confined to the thread that runs it.
 */
final class OpenLoop {

	private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LoadSpec load;

	private final Payload request;

	private final Tally tally = new Tally();

	private final Phaser running = new Phaser(1);

	OpenLoop(LoadSpec load, Payload request) {
		this.load = load;
		this.request = request;
	}

	/**
	 * Runs the load.
	 * @param callers one per connection
	 * @return what became of it
	 */
	Figures run(List<? extends Caller> callers) {
		long start = System.nanoTime();
		long count = this.load.time().toNanos() / SECOND_NANOS * this.load.rate();
		for (long i = 0; i < count && !this.tally.hasFailed(); i++) {
			long due = start + i * SECOND_NANOS / this.load.rate();
			waitUntil(due);
			this.running.register();
			callers.get((int) (i % callers.size())).call(this.request, (bytes, failure) -> {
				this.tally.count(System.nanoTime() - due, bytes, failure);
				this.running.arriveAndDeregister();
			});
		}
		this.running.arriveAndAwaitAdvance();
		return this.tally.figures();
	}

	private static void waitUntil(long due) {
		for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

}
