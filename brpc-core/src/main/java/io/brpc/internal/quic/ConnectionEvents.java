package io.brpc.internal.quic;

import io.brpc.CloseReason;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * What becomes of one QUIC connection: at most once {@link #established}, then any number
 * of {@link #streamOpened}, exactly once {@link #closed}, all on the connection's event
 * loop. A connection that fails before it is established is only closed.
 */
public interface ConnectionEvents {

	/**
	 * The handshake is complete (RFC 9001, section 4.1.1).
	 * @param channel the connection
	 */
	void established(QuicChannel channel);

	/**
	 * The peer opened a stream. It is registered with the event loop, and does not read
	 * until it is asked to.
	 * @param stream the stream
	 */
	void streamOpened(QuicStreamChannel stream);

	/**
	 * The connection is gone, or never came.
	 * @param reason as far as the transport knows
	 */
	void closed(CloseReason reason);

}
