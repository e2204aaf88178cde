package io.brpc.internal.connection;

import io.brpc.CloseReason;

/**
 * What the accepting and the dialing side of a connection do differently, whatever its
 * wire. All methods are called on the connection's event loop.
 */
interface ConnectionRole {

	/**
	 * The connection has become ready. Called at most once.
	 */
	void ready();

	/**
	 * The connection, which was ready, takes no more calls. Called at most once, before
	 * {@link #ended}.
	 */
	void unready();

	/**
	 * The connection, which was ready, is to be replaced by another one: it is drained
	 * here. Called at most once, before {@link #unready}.
	 */
	void leave();

	/**
	 * The same, because the peer wants it. Called at most once, before {@link #unready}.
	 */
	void toldToGo();

	/**
	 * The connection has ended, and so have its calls. Called once.
	 * @param reason how
	 */
	void ended(CloseReason reason);

}
