package io.brpc.internal.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Tells the calling end to stop when its call was answered before the whole request came
 * (RFC 9113, section 8.1: RST_STREAM with NO_ERROR). gRPC does not, and nobody reads such
 * a request any more: one that is larger than the window would wait for ever, keep its
 * memory, and keep the connection from draining.
 * <p>
 * Event-loop confined.
 */
final class UnreadRequests extends Http2ConnectionAdapter {

	private final Http2ConnectionHandler handler;

	private final ChannelHandlerContext context;

	/**
	 * Makes a listener of a serving end's HTTP/2 connection.
	 * @param handler gRPC's HTTP/2 handler
	 * @param context the handler's
	 */
	UnreadRequests(Http2ConnectionHandler handler, ChannelHandlerContext context) {
		this.handler = handler;
		this.context = context;
	}

	@Override
	public void onStreamHalfClosed(Http2Stream stream) {
		if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
			// Not now, in the middle of HTTP/2's own bookkeeping.
			this.context.executor().execute(() -> reset(stream));
		}
	}

	private void reset(Http2Stream stream) {
		if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
			this.handler.resetStream(this.context, stream.id(), Http2Error.NO_ERROR.code(), this.context.newPromise());
			this.context.flush();
		}
	}

}
