package io.brpc.internal.quic;

import io.netty.handler.codec.quic.QuicChannel;

/**
 * Decides about connections that arrive at a listener. Called on the listener's event
 * loop.
 */
public interface ConnectionAcceptor {

	/**
	 * Tells whether one more handshake may begin. If not, the client's packet is dropped;
	 * it sends it again after a while.
	 * @return whether there is room
	 */
	boolean hasRoom();

	/**
	 * Tells whether a client has to show that its address is its own before its handshake
	 * begins (RFC 9000, section 8.1.2).
	 * @return whether it has to
	 */
	boolean verifiesAddress();

	/**
	 * Takes a connection whose handshake begins, after a valid token if one was asked
	 * for.
	 * @param channel the connection
	 * @return what is told of its fate
	 */
	ConnectionEvents accept(QuicChannel channel);

}
