package io.brpc.internal.brpc2;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The time that a call to the peer has. Event-loop confined, but for {@link #earliest}.
 */
final class CallDeadline implements Runnable {

	private final OutboundCall<?, ?> call;

	private static final double NANOS_PER_SECOND = 1e9;

	private final Deadline deadline;

	private final String source;

	private final EventLoop loop;

	private @Nullable Future<?> timer;

	/**
	 * How long the call had when the clock was first looked at.
	 */
	private long nanos;

	private CallDeadline(OutboundCall<?, ?> call, Deadline deadline, String source, EventLoop loop) {
		this.call = call;
		this.deadline = deadline;
		this.source = source;
		this.loop = loop;
	}

	/**
	 * Returns the deadline that ends a call.
	 * @param call the call
	 * @param options may name one
	 * @param context may have one
	 * @param loop the event loop
	 * @return the earlier one, which does not look at the clock yet; or null
	 */
	static @Nullable CallDeadline earliest(OutboundCall<?, ?> call, CallOptions options, Context context,
			EventLoop loop) {
		Deadline own = options.getDeadline();
		Deadline inherited = context.getDeadline();
		if (own != null && (inherited == null || !inherited.isBefore(own))) {
			return new CallDeadline(call, own, "CallOptions", loop);
		}
		return (inherited != null) ? new CallDeadline(call, inherited, "Context", loop) : null;
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
			this.call.fail(status(left));
		}
		else {
			this.nanos = left;
			this.timer = this.loop.schedule(this, left, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Returns how a call ends that the peer has ended. The callee's timer may be the
	 * first to act on a deadline that is over at both ends; what is said then does not
	 * depend on that.
	 * @param said what the peer says
	 * @return what the caller is told
	 */
	Status statusOf(Status said) {
		boolean ended = said.getCode() == Status.Code.DEADLINE_EXCEEDED || said.getCode() == Status.Code.CANCELLED;
		return (ended && this.deadline.isExpired()) ? status(this.deadline.timeRemaining(TimeUnit.NANOSECONDS)) : said;
	}

	private Status status(long left) {
		return Status.DEADLINE_EXCEEDED.withDescription(words(left) + ' ' + this.call.stage().words());
	}

	/**
	 * Says what gRPC's own channels say.
	 */
	private String words(long left) {
		return (this.timer != null)
				? String.format(Locale.ROOT, "%s deadline exceeded after %.9fs.", this.source,
						this.nanos / NANOS_PER_SECOND)
				: String.format(Locale.ROOT, "ClientCall started after %s deadline was exceeded %.9f seconds ago.",
						this.source, -left / NANOS_PER_SECOND);
	}

	void cancel() {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

}
