package io.brpc.internal.brpc2;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.grpc.Status;

/**
 * How much waits to be sent to one peer, all calls together. Safe for use by any thread.
 */
final class SendBudget {

	/**
	 * How much more than the limit may wait, bytes: answers, which can't be refused. A
	 * peer that calls and never reads the answers is cut off there.
	 */
	private static final long RESERVE = 4 << 20;

	private final Supplier<String> peer;

	private final long maxBytes;

	private final AtomicLong bytes = new AtomicLong();

	/**
	 * Makes a budget.
	 * @param peer what a refusal calls the peer
	 * @param maxBytes how much may wait
	 */
	SendBudget(Supplier<String> peer, long maxBytes) {
		this.peer = peer;
		this.maxBytes = maxBytes;
	}

	long bytes() {
		return this.bytes.get();
	}

	/**
	 * Adds a message, if there is room for it. There always is for one if nothing else
	 * waits.
	 * @param count its bytes
	 * @return whether there was room
	 */
	boolean tryAdd(int count) {
		long sum = this.bytes.addAndGet(count);
		if (sum > this.maxBytes && sum > count) {
			this.bytes.addAndGet(-count);
			return false;
		}
		return true;
	}

	/**
	 * Adds what can't be refused.
	 * @param count its bytes
	 * @return whether there is still room for more of it
	 */
	boolean add(int count) {
		return this.bytes.addAndGet(count) - count <= this.maxBytes + RESERVE;
	}

	void remove(long count) {
		this.bytes.addAndGet(-count);
	}

	/**
	 * Returns what ends the call of a message that there was no room for.
	 * @param count the message's bytes
	 * @return the status
	 */
	Status refusal(int count) {
		return Status.RESOURCE_EXHAUSTED.withDescription((this.bytes.get() + count) + " bytes queued towards "
				+ this.peer.get() + ", limit is " + this.maxBytes + "; send only while isReady()");
	}

}
