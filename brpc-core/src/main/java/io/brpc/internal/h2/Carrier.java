package io.brpc.internal.h2;

import java.net.SocketAddress;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;

/**
 * What carries the bytes of a {@link StreamChannel}: a QUIC stream, or what stands in for
 * one. Event-loop confined, but for the loop and the addresses, which any thread may ask.
 */
interface Carrier {

	/**
	 * Returns where it lives.
	 * @return the loop
	 */
	EventLoop loop();

	/**
	 * The channel wants bytes.
	 */
	void read();

	/**
	 * Takes bytes of the channel, as many as it can.
	 * @param buffer what was flushed
	 * @throws Exception if the buffer has what can't be written
	 */
	void write(ChannelOutboundBuffer buffer) throws Exception;

	/**
	 * The channel has closed. Called once.
	 * @param connectionEnded whether that is because the whole connection ends
	 */
	void closed(boolean connectionEnded);

	/**
	 * Returns this end's address, as gRPC shows it.
	 * @return the address
	 */
	SocketAddress localAddress();

	/**
	 * Returns the other end's address, as gRPC shows it.
	 * @return an address from which the connection can be told
	 */
	SocketAddress remoteAddress();

}
