package io.brpc;

import java.net.InetSocketAddress;

/**
 * Is told when connections come and go: of each connection that becomes ready first
 * {@link #connected(BrpcConnection)} once and then
 * {@link #disconnected(BrpcConnection, CloseReason)} once, never at the same time; of
 * each that does not, {@link #failed(InetSocketAddress, CloseReason)} once. Of two
 * connections in any order, except where one replaces the other
 * ({@link DuplicatePrincipal#REPLACE}).
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

	/**
	 * A connection was begun and did not become ready: the server refused it, an attempt
	 * of the client failed, or the set-up broke on the way.
	 * @param remoteAddress the other end's UDP address; for a client unresolved if that
	 * is what failed
	 * @param reason why there is no connection
	 */
	default void failed(InetSocketAddress remoteAddress, CloseReason reason) {
	}

}
