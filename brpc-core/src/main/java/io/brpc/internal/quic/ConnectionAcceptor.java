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
	 * Takes a connection that has shown a valid token and whose handshake begins.
	 * @param channel the connection
	 * @return what is told of its fate
	 */
	ConnectionEvents accept(QuicChannel channel);

}
