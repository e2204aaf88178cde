package io.brpc.internal.connection;

import io.grpc.Channel;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * What a wire makes of one QUIC connection: calls in both directions. The
 * {@link ConnectionLife} says when to begin and when to end, and is told what the peer
 * does: that it is ready, wants to go, or breaks a rule.
 * <p>
 * Event-loop confined, but for the figures and {@link #isPeerServing()}, which may be
 * asked by any thread.
 */
interface Session {

	/**
	 * The connection has its ID. Called once. At the server before {@link #start}, at the
	 * client when the session has found out the ID.
	 * @param connection what to tell from now on
	 */
	void attach(Connection connection);

	/**
	 * Begins. Called once: at the server when the client has been let in, at the client
	 * when the QUIC handshake is complete.
	 */
	void start();

	/**
	 * The peer opened a stream. At the server this may come before {@link #start}; the
	 * client is not to be served then.
	 * @param stream the stream, which nothing was read from
	 */
	void streamOpened(QuicStreamChannel stream);

	/**
	 * Takes no more calls, tells the peer so, and lets those in flight finish; their
	 * handlers may still call back.
	 */
	void drain();

	/**
	 * The same, when the whole client or server shuts down, and with it the gRPC channel
	 * and server that the session may have its calls from.
	 */
	void shutdown();

	/**
	 * Ends all calls of both directions at once, because the connection has ended. Called
	 * once.
	 * @param status what they end with
	 */
	void fail(Status status);

	/**
	 * Tells whether a drain is complete: all that either end had to say has arrived, so
	 * that to close QUIC loses nothing.
	 * @return whether nothing is under way any more
	 */
	boolean isEnded();

	/**
	 * Tells whether this end has said all that it had to say in a drain, and no call is
	 * in flight any more. What is missing until {@link #isEnded()} is that the peer says
	 * so, too.
	 * @return whether only that is missing
	 */
	boolean isLocalEnded();

	/**
	 * Tells, as {@link #isEnded()} does, of the client's calls only.
	 * @return whether nothing of them is under way any more
	 */
	boolean isForwardEnded();

	/**
	 * Returns the way to the peer that does not lead through a channel of gRPC's. May be
	 * asked by any thread.
	 * @return makes calls; null if a channel of gRPC's does, from one end of the session
	 * to the other
	 */
	@Nullable Channel direct();

	/**
	 * Tells whether the peer has given a sign that it serves this end's calls.
	 * @return whether it has
	 */
	boolean isPeerServing();

	/**
	 * Returns how many calls are in flight that the other end makes.
	 * @return the number
	 */
	int inboundCalls();

	/**
	 * Returns how many calls are in flight that this end makes.
	 * @return the number
	 */
	int outboundCalls();

	/**
	 * Returns how much waits to be sent to the peer.
	 * @return bytes of messages
	 */
	long queuedBytes();

}
