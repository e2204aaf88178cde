package io.brpc.internal.h2;

import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much waits to be sent to one peer, on all streams of its connection: messages that
 * gRPC was given and that QUIC has not taken yet. gRPC itself takes messages without
 * bound, however slow the peer is.
 * <p>
 * Event-loop confined, but for {@link #bytes()}.
 */
public final class SendQueue {

	private static final Logger logger = LoggerFactory.getLogger(SendQueue.class);

	private final String peer;

	private final long maxBytes;

	private volatile long bytes;

	private boolean full;

	/**
	 * Makes an empty queue.
	 * @param peer who the messages are for, in words
	 * @param maxBytes how much may wait
	 */
	public SendQueue(String peer, long maxBytes) {
		this.peer = peer;
		this.maxBytes = maxBytes;
	}

	/**
	 * Returns how much waits. May be asked by any thread.
	 * @return bytes of messages, as they are sent
	 */
	public long bytes() {
		return this.bytes;
	}

	/**
	 * Adds a piece of a message, if there is room for it. There always is in an empty
	 * queue.
	 * @param count its bytes
	 * @return whether there was room
	 */
	boolean add(int count) {
		long sum = this.bytes + count;
		if (sum > this.maxBytes && sum > count) {
			tellOfFull();
			return false;
		}
		this.bytes = sum;
		return true;
	}

	/**
	 * Leaves a line for whoever wonders why handlers are cancelled: those are not told
	 * the reason.
	 */
	private void tellOfFull() {
		if (!this.full) {
			this.full = true;
			logger.warn("{} bytes wait for {}, limit is {}; calls that send more are ended", this.bytes, this.peer,
					this.maxBytes);
		}
	}

	void remove(int count) {
		long rest = this.bytes - count;
		this.bytes = rest;
		if (rest == 0) {
			this.full = false;
		}
	}

	/**
	 * Returns what ends the call of a piece that there was no room for.
	 * @param count the piece's bytes
	 * @return the status
	 */
	Status refusal(int count) {
		return Status.RESOURCE_EXHAUSTED.withDescription((this.bytes + count) + " bytes queued towards " + this.peer
				+ ", limit is " + this.maxBytes + "; send only while isReady()");
	}

}
