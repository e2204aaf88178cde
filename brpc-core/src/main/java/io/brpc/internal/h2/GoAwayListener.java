package io.brpc.internal.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;

/**
 * Hears the peer say that it ends a stream, and that nothing is wrong (RFC 9113, section
 * 6.8): a serving peer takes no more calls on it, and gRPC makes none from then on; a
 * calling peer makes no more. It hears so before gRPC does, which at once gives waiting
 * calls a new connection: by then it has to be known where not to go.
 * <p>
 * Event-loop confined.
 */
final class GoAwayListener extends Http2FrameListenerDecorator {

	private final StreamOwner owner;

	private boolean told;

	private GoAwayListener(Http2ConnectionDecoder decoder, StreamOwner owner) {
		super(decoder.frameListener());
		this.owner = owner;
	}

	/**
	 * Listens from now on.
	 * @param decoder gRPC's, which has its listener
	 * @param owner whom to tell
	 */
	static void listenTo(Http2ConnectionDecoder decoder, StreamOwner owner) {
		decoder.frameListener(new GoAwayListener(decoder, owner));
	}

	@Override
	public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
			throws Http2Exception {
		if (errorCode == Http2Error.NO_ERROR.code() && !this.told) {
			this.told = true;
			this.owner.toldToGo();
		}
		super.onGoAwayRead(ctx, lastStreamId, errorCode, debugData);
	}

}
