package io.brpc.internal.brpc2;

/**
 * The way that a call has gone to the peer. Event-loop confined.
 */
interface OutboundRoute {

	/**
	 * Tells the peer that the caller has lost interest.
	 * @param number the call's number
	 */
	void cancel(long number);

}
