package io.brpc.internal.quic;

import java.time.Duration;

import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link ConnectionEvents} of what the codec tells about one connection, whichever
 * order it tells it in. Event-loop confined.
 */
final class ConnectionEventHandler extends ChannelInboundHandlerAdapter {

	private final ConnectionEvents events;

	private final QuicTls tls;

	private final Duration maxIdleTimeout;

	private @Nullable QuicChannel channel;

	private boolean established;

	private boolean closed;

	private @Nullable CloseReason reason;

	private @Nullable Throwable failure;

	ConnectionEventHandler(ConnectionEvents events, QuicTls tls, Duration maxIdleTimeout) {
		this.events = events;
		this.tls = tls;
		this.maxIdleTimeout = maxIdleTimeout;
	}

	@Nullable QuicChannel channel() {
		return this.channel;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.channel = (QuicChannel) ctx.channel();
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		if (!this.established && !this.closed) {
			this.established = true;
			DatagramLimit.heedPeer((QuicChannel) ctx.channel());
			this.events.established((QuicChannel) ctx.channel());
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		QuicStreamChannel stream = (QuicStreamChannel) message;
		stream.config().setAutoRead(false);
		ctx.channel().eventLoop().register(stream);
		this.events.streamOpened(stream);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof QuicConnectionCloseEvent close) {
			this.reason = QuicErrors.closedByPeer(close, this.tls.protocols());
			// Netty tells of a refused handshake long before it gives up on the
			// connection.
			ctx.close();
		}
		else if (event instanceof SslHandshakeCompletionEvent completion && !completion.isSuccess()) {
			this.failure = completion.cause();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (this.failure == null) {
			this.failure = cause;
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		fireClosed();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		fireClosed();
	}

	/**
	 * Tells that the connection is gone or never came.
	 * @param reason why
	 */
	void fail(CloseReason reason) {
		this.reason = reason;
		fireClosed();
	}

	/**
	 * Tells that the connection never came.
	 * @param cause what Netty says about it
	 */
	void fail(Throwable cause) {
		if (this.failure == null) {
			this.failure = cause;
		}
		fireClosed();
	}

	private void fireClosed() {
		if (!this.closed) {
			this.closed = true;
			this.events.closed(reason());
		}
	}

	private CloseReason reason() {
		QuicChannel channel = this.channel;
		Throwable certificateFailure = (channel != null) ? this.tls.certificateFailure(channel.sslEngine()) : null;
		if (certificateFailure != null) {
			return new CloseReason(Origin.LOCAL, "the peer's certificate was refused: "
					+ QuicErrors.describe(certificateFailure, this.tls.protocols()));
		}
		if (this.reason != null) {
			return this.reason;
		}
		if (channel != null && channel.isTimedOut()) {
			return CloseReason.timedOut("nothing arrived within the idle time-out (" + this.maxIdleTimeout.toMillis()
					+ " ms here, or the peer's if that is less)");
		}
		if (this.failure != null) {
			return new CloseReason(Origin.LOCAL, QuicErrors.describe(this.failure, this.tls.protocols()));
		}
		return new CloseReason(Origin.LOCAL, this.established ? "closed here" : "handshake did not finish");
	}

}
