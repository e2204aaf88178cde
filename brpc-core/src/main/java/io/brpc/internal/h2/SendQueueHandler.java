package io.brpc.internal.h2;

import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Counts the messages that gRPC sends before they come to HTTP/2's flow control, where
 * they may wait for ever, and until they have been handed to QUIC. It is the last handler
 * of a channel's pipeline: there a message is a buffer in a command of gRPC's. One for
 * which there is no room is not sent, and gRPC then ends its call with the reason and
 * resets it, so that all which waited for that call is released.
 * <p>
 * Event-loop confined. Releases what it refuses.
 */
final class SendQueueHandler extends ChannelOutboundHandlerAdapter {

	private final SendQueue queue;

	SendQueueHandler(SendQueue queue) {
		this.queue = queue;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		int count = (message instanceof ByteBufHolder holder) ? holder.content().readableBytes() : 0;
		if (count == 0) {
			ctx.write(message, promise);
		}
		else if (this.queue.add(count)) {
			ctx.write(message, promise.unvoid().addListener((sent) -> this.queue.remove(count)));
		}
		else {
			((ByteBufHolder) message).release();
			promise.setFailure(this.queue.refusal(count).asRuntimeException());
		}
	}

}
