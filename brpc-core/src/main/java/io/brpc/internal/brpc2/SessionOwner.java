package io.brpc.internal.brpc2;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CallSession} tells its connection, and asks it. Called on the event loop;
 * {@link #lossStatus}, {@link #attributes}, {@link #authority}, {@link #peerName} and
 * {@link #chainOf} by any thread.
 */
public interface SessionOwner {

	/**
	 * The peer's SETTINGS have arrived: calls can be made. At most once.
	 * @param id the connection ID that the server said; null at the server
	 */
	void ready(@Nullable ConnectionId id);

	/**
	 * Something was written to a stream.
	 */
	void wrote();

	/**
	 * The peer has begun a drain. A client's new calls end at once, as not run. At most
	 * once.
	 */
	void toldToGo();

	/**
	 * The first half of a drain is over, whoever began it: the client makes no calls any
	 * more, and has all the answers. At most once.
	 */
	void forwardEnded();

	/**
	 * A drain is over, whoever began it: all calls in both directions have ended, and
	 * both ends have all the answers. QUIC can be closed without a loss. At most once.
	 */
	void drained();

	/**
	 * The peer broke a rule, or went away without closing: the connection has to be
	 * closed. The owner does so, and calls {@link CallSession#fail}. At most once; the
	 * session reads nothing more.
	 * @param code what the peer is to be told
	 * @param words what happened; names the frame and its offset where there is one
	 */
	void broken(CloseCode code, String words);

	/**
	 * Returns the status of calls that the end of the connection ends.
	 * @return not OK
	 */
	Status lossStatus();

	/**
	 * Returns what calls in both directions tell of the transport: addresses, TLS
	 * session.
	 * @return always the same
	 */
	Attributes attributes();

	/**
	 * Tells why a call is not served. Asked before {@link #contextOf}.
	 * @param chain what the caller says of the calls that led to it, or null
	 * @param headers its metadata
	 * @param method its full method name
	 * @return the status to answer with, or null if it is served
	 */
	@Nullable Status refusal(@Nullable String chain, Metadata headers, String method);

	/**
	 * Returns what the handler of a call runs in.
	 * @param base what it derives from
	 * @param chain what the caller says of the calls that led to it, or null
	 * @param method its full method name
	 * @return a context that knows the connection, and what led to the call
	 */
	Context contextOf(Context base, @Nullable String chain, String method);

	/**
	 * Returns what led to a call that is made in a context.
	 * @param context the context
	 * @return the chain as it travels, not to be changed; null outside a handler
	 */
	byte @Nullable [] chainOf(Context context);

	/**
	 * Returns the authority of calls to the peer.
	 * @return such as {@code host:port}
	 */
	String authority();

	/**
	 * Returns what a status calls the peer.
	 * @return such as {@code brpc connection <id>}
	 */
	String peerName();

}
