package io.brpc.internal.h2;

import java.net.SocketAddress;
import java.time.Duration;

import io.grpc.Status;

/**
 * The end of one gRPC stream, as its connection sees it. {@link #attached} comes first,
 * then the others, all on the connection's event loop.
 */
public interface StreamOwner {

	/**
	 * The stream has its channel.
	 * @param channel the channel
	 */
	void attached(StreamChannel channel);

	/**
	 * Returns this end's address, as gRPC shows it in a call's attributes.
	 * @return the address
	 */
	SocketAddress localAddress();

	/**
	 * Returns the other end's address, as gRPC shows it in a call's attributes.
	 * @return an address from which the connection can be told
	 */
	SocketAddress remoteAddress();

	/**
	 * Returns the status of calls that the end of the stream ends.
	 * @return {@code UNAVAILABLE} with words
	 */
	Status lossStatus();

	/**
	 * Returns what counts the messages that wait for the peer.
	 * @return the queue of the connection
	 */
	SendQueue sendQueue();

	/**
	 * Returns how long the stream may take nothing of what waits for it.
	 * @return the time
	 */
	Duration stallTimeout();

	/**
	 * The peer has stopped to read the stream. The connection is to close.
	 */
	void stalled();

	/**
	 * The peer speaks the protocol of this stream. Called at most once, before gRPC sees
	 * the whole of the peer's first frame.
	 */
	void peerSpoke();

	/**
	 * Something was written to the stream.
	 */
	void wrote();

	/**
	 * The peer wants no more calls on this stream, be it theirs or ours. Called at most
	 * once.
	 */
	void toldToGo();

	/**
	 * This side has ended the stream: its FIN is on the way, behind all data. Called
	 * once.
	 */
	void localEnded();

	/**
	 * The peer has ended the stream in an orderly way, with a FIN. Called at most once.
	 */
	void remoteEnded();

	/**
	 * The stream is of no more use: reset, or refused by the peer. The connection is to
	 * close.
	 * @param reason what was wrong
	 */
	void broken(String reason);

	/**
	 * The peer speaks another protocol. The connection is to close.
	 * @param reason what was expected, and what came
	 */
	void notUnderstood(String reason);

}
