package io.brpc.benchmark.load;

import java.util.List;
import java.util.concurrent.Phaser;

import io.brpc.benchmark.peer.Caller;
import io.brpc.testing.proto.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of calls in flight: whenever one ends, the next one begins, on the
 * thread that learned of the end. Ends early when a call fails. Safe for use by any
 * thread.
 */
final class ClosedLoop {

	private final LoadSpec load;

	private final Payload request;

	private final Tally tally = new Tally();

	private final Phaser running = new Phaser(1);

	private final long deadlineNanos;

	ClosedLoop(LoadSpec load, Payload request) {
		this.load = load;
		this.request = request;
		this.deadlineNanos = System.nanoTime() + load.time().toNanos();
	}

	/**
	 * Runs the load.
	 * @param callers one per connection
	 * @return what became of it
	 */
	Figures run(List<? extends Caller> callers) {
		for (int i = 0; i < this.load.inFlight(); i++) {
			this.running.register();
			new Lane(callers.get(i % callers.size())).next();
		}
		this.running.arriveAndAwaitAdvance();
		return this.tally.figures();
	}

	/**
	 * Calls one after the other.
	 */
	private final class Lane {

		private final Caller caller;

		private long begunNanos;

		Lane(Caller caller) {
			this.caller = caller;
		}

		void next() {
			this.begunNanos = System.nanoTime();
			if (ClosedLoop.this.load.kind() == LoadSpec.Kind.STREAM) {
				this.caller.stream(ClosedLoop.this.request, this::ended);
			}
			else {
				this.caller.call(ClosedLoop.this.request, this::ended);
			}
		}

		private void ended(long bytes, @Nullable Throwable failure) {
			long now = System.nanoTime();
			ClosedLoop.this.tally.count(now - this.begunNanos, bytes, failure);
			if (now - ClosedLoop.this.deadlineNanos < 0 && !ClosedLoop.this.tally.hasFailed()) {
				next();
			}
			else {
				ClosedLoop.this.running.arriveAndDeregister();
			}
		}

	}

}
