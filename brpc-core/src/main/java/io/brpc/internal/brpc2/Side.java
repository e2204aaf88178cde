package io.brpc.internal.brpc2;

/**
 * Which end of a connection this is. Either calls and either serves; the server says the
 * connection's ID.
 */
public enum Side {

	/**
	 * The end that was dialed.
	 */
	SERVER,

	/**
	 * The end that dialed.
	 */
	CLIENT

}
