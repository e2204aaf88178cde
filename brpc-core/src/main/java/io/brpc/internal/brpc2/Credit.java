package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.WireException;

/**
 * How much more a call may send in one direction: kept by the sender, who waits when
 * there is none, and by the receiver, who checks that the sender does. A message may go
 * whenever there is any, however large it is, so none is too large to ever go.
 * <p>
 * Event-loop confined.
 */
final class Credit {

	/**
	 * What a message costs beside its bytes, so that empty ones are bounded, too.
	 */
	private static final int MESSAGE_COST = 64;

	private long left;

	Credit(int window) {
		this.left = window;
	}

	/**
	 * Returns what a message costs.
	 * @param length its bytes
	 * @return the cost, bytes
	 */
	static long cost(int length) {
		return (long) length + MESSAGE_COST;
	}

	/**
	 * Tells whether a message may go.
	 * @return whether there is any credit
	 */
	boolean isOpen() {
		return this.left > 0;
	}

	/**
	 * A message goes.
	 * @param length its bytes
	 */
	void take(int length) {
		this.left -= cost(length);
	}

	/**
	 * A message has come, for which the sender must have had credit.
	 * @param length its bytes
	 */
	void receive(int length) {
		if (!isOpen()) {
			throw new WireException("comes without credit, " + -this.left + " bytes are owed");
		}
		take(length);
	}

	/**
	 * The receiver takes more.
	 * @param bytes how much more
	 */
	void add(long bytes) {
		this.left += bytes;
		if (this.left > Integer.MAX_VALUE) {
			throw new WireException("credit is " + this.left + ", limit is " + Integer.MAX_VALUE);
		}
	}

}
