package io.brpc.internal.quic;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Tells the codec that a read is complete only when what was read has been handled. The
 * codec then acknowledges, and gRPC writes its answers in a task of its own that it
 * starts while it reads: the acknowledgement would leave in a packet of its own just
 * before the answers. So that task runs first, and all that came of one read leaves
 * together. Comes right before the codec.
 * <p>
 * Event-loop confined.
 */
final class ReadCompletion extends ChannelInboundHandlerAdapter {

	private boolean due;

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.due) {
			this.due = true;
			ctx.executor().execute(() -> complete(ctx));
		}
	}

	private void complete(ChannelHandlerContext ctx) {
		this.due = false;
		if (!ctx.isRemoved()) {
			ctx.fireChannelReadComplete();
		}
	}

}
