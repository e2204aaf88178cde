package io.brpc.internal.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * The reading half of a {@link StreamChannel}: the last handler of its stream, which
 * hands the stream's events to the channel. When the channel has closed, it reads on and
 * discards, until the peer's FIN.
 * <p>
 * Event-loop confined. Hands inbound buffers on, or releases them.
 */
final class StreamInput extends ChannelInboundHandlerAdapter {

	private final StreamChannel channel;

	private final QuicStreamChannel stream;

	private final StreamOwner owner;

	private final PeerGreeting greeting;

	private boolean ended;

	StreamInput(StreamChannel channel, QuicStreamChannel stream, StreamOwner owner, PeerGreeting greeting) {
		this.channel = channel;
		this.stream = stream;
		this.owner = owner;
		this.greeting = greeting;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		if (!this.channel.isOpen()) {
			bytes.release();
		}
		else if (this.greeting.isComplete()) {
			this.channel.pipeline().fireChannelRead(bytes);
		}
		else {
			greet(bytes);
		}
	}

	private void greet(ByteBuf bytes) {
		PeerGreeting.Progress progress = this.greeting.read(bytes);
		if (progress == PeerGreeting.Progress.WRONG) {
			String complaint = this.greeting.complaint(bytes);
			bytes.release();
			this.owner.notUnderstood(complaint);
			return;
		}
		if (progress == PeerGreeting.Progress.COMPLETE) {
			this.channel.greeted(this.owner);
			this.owner.peerSpoke();
		}
		this.channel.pipeline().fireChannelRead(bytes);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.channel.isOpen()) {
			this.channel.pipeline().fireChannelReadComplete();
		}
		else {
			this.stream.read();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.stream.isWritable()) {
			this.channel.flushPending();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == ChannelInputShutdownEvent.INSTANCE) {
			end();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		// If the whole connection is gone, its owner knows why and ends the channel.
		if (this.stream.parent().isOpen()) {
			end();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (this.stream.parent().isOpen()) {
			this.owner.broken("gRPC stream failed: " + cause.getMessage());
		}
	}

	private void end() {
		if (!this.ended) {
			this.ended = true;
			this.owner.remoteEnded();
			this.channel.end(this.owner.lossStatus());
		}
	}

}
