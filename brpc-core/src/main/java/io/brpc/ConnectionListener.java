package io.brpc;

/**
 * Is told when connections come and go: of each connection first
 * {@link #connected(BrpcConnection)} once and then
 * {@link #disconnected(BrpcConnection, CloseReason)} once, never at the same time. Of two
 * connections in any order.
 * <p>
 * Called on the server's or client's executor, never on an event loop, so a listener may
 * block and may call the other end. What it throws is logged and changes nothing.
 */
public interface ConnectionListener {

	/**
	 * A connection is ready for calls both ways.
	 * @param connection the connection; it may be gone again by now
	 */
	default void connected(BrpcConnection connection) {
	}

	/**
	 * A connection is gone.
	 * @param connection the connection
	 * @param reason how it ended
	 */
	default void disconnected(BrpcConnection connection, CloseReason reason) {
	}

}
