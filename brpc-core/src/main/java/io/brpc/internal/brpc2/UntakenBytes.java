package io.brpc.internal.brpc2;

import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Status;

/**
 * How much has arrived that the application has not taken, all calls of a session
 * together. A call that brings more than there is room for is ended: to leave its stream
 * unread instead would take the connection's credit away from all others, its control
 * stream included.
 * <p>
 * Safe for use by any thread.
 */
final class UntakenBytes {

	private final long max;

	private final AtomicLong bytes = new AtomicLong();

	UntakenBytes(long max) {
		this.max = max;
	}

	long bytes() {
		return this.bytes.get();
	}

	/**
	 * A message has arrived. There is always room for one if nothing else waits.
	 * @param cost what it costs
	 * @return whether there was room
	 */
	boolean tryAdd(long cost) {
		long sum = this.bytes.addAndGet(cost);
		if (sum > this.max && sum > cost) {
			this.bytes.addAndGet(-cost);
			return false;
		}
		return true;
	}

	/**
	 * A message was taken, or dropped.
	 * @param cost what it costs
	 */
	void remove(long cost) {
		this.bytes.addAndGet(-cost);
	}

	/**
	 * Returns what ends the call of a message that there was no room for.
	 * @return the status
	 */
	Status refusal() {
		return Status.RESOURCE_EXHAUSTED
			.withDescription(this.bytes.get() + " bytes of messages wait for the application, limit is " + this.max);
	}

}
