package io.brpc.internal.brpc2;

import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The time that a call to the peer has. Event-loop confined, but for {@link #earliest}.
 */
final class CallDeadline implements Runnable {

	private final OutboundCall<?, ?> call;

	private final Deadline deadline;

	private final EventLoop loop;

	private @Nullable Future<?> timer;

	CallDeadline(OutboundCall<?, ?> call, Deadline deadline, EventLoop loop) {
		this.call = call;
		this.deadline = deadline;
		this.loop = loop;
	}

	/**
	 * Returns the deadline that ends a call.
	 * @param options may name one
	 * @param context may have one
	 * @return the earlier one, or null
	 */
	static @Nullable Deadline earliest(CallOptions options, Context context) {
		Deadline own = options.getDeadline();
		Deadline inherited = context.getDeadline();
		return (own == null || (inherited != null && inherited.isBefore(own))) ? inherited : own;
	}

	/**
	 * Returns the time left.
	 * @return microseconds
	 */
	long remainingMicros() {
		return Math.max(this.deadline.timeRemaining(TimeUnit.MICROSECONDS), 0);
	}

	/**
	 * Looks at the clock: at first to begin to wait, and then because time is up.
	 */
	@Override
	public void run() {
		if (this.call.isOver()) {
			return;
		}
		long left = this.deadline.timeRemaining(TimeUnit.NANOSECONDS);
		if (left <= 0) {
			this.call.deadlineExceeded();
		}
		else {
			this.timer = this.loop.schedule(this, left, TimeUnit.NANOSECONDS);
		}
	}

	void cancel() {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

}
