package io.brpc.internal.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;

/**
 * Keeps a client from dialing for a while after the server has replaced its connection.
 * Somebody with the same identity is connected now; to dial at once would replace that
 * one, which would dial in turn. Each time it happens the client holds still for twice as
 * long, until a connection ends in another way.
 * <p>
 * Event-loop confined.
 */
final class ReplacedHold {

	private final long firstNanos;

	private final long longestNanos;

	private final LongSupplier clockNanos;

	private long nextNanos;

	private long untilNanos;

	private boolean holding;

	ReplacedHold(Duration first, Duration longest, LongSupplier clockNanos) {
		this.firstNanos = first.toNanos();
		this.longestNanos = longest.toNanos();
		this.clockNanos = clockNanos;
		this.nextNanos = this.firstNanos;
	}

	/**
	 * A connection has ended.
	 * @param reason how
	 * @param wasReady whether it was a connection at all
	 */
	void ended(CloseReason reason, boolean wasReady) {
		if (reason.origin() == Origin.REMOTE && reason.code() == CloseCode.REPLACED) {
			this.holding = true;
			this.untilNanos = this.clockNanos.getAsLong() + this.nextNanos;
			this.nextNanos += Math.min(this.nextNanos, this.longestNanos - this.nextNanos);
		}
		else if (wasReady) {
			this.nextNanos = this.firstNanos;
		}
	}

	/**
	 * Tells whether not to dial now.
	 * @return whether it is too early
	 */
	boolean isHolding() {
		this.holding = this.holding && this.clockNanos.getAsLong() - this.untilNanos < 0;
		return this.holding;
	}

}
