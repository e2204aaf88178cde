package io.brpc.testing;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;

/**
 * What a peer closed a connection with.
 *
 * @param application whether the code is the application's
 * @param code the number
 * @param reason the words
 */
public record RawClose(boolean application, int code, String reason) {

	static RawClose of(QuicConnectionCloseEvent event) {
		try {
			return new RawClose(event.isApplicationClose(), event.error(),
					new String(event.reason(), StandardCharsets.UTF_8));
		}
		catch (NullPointerException ex) {
			// Netty has no reason where the peer gave none.
			return new RawClose(event.isApplicationClose(), event.error(), "");
		}
	}

	/**
	 * Waits on a connection for the peer to close it.
	 */
	static final class Handler extends ChannelInboundHandlerAdapter {

		private final CompletableFuture<RawClose> closed;

		Handler(CompletableFuture<RawClose> closed) {
			this.closed = closed;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof QuicConnectionCloseEvent close) {
				this.closed.complete(of(close));
			}
			ctx.fireUserEventTriggered(event);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			this.closed.completeExceptionally(cause);
		}

	}

}
