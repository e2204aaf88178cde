package io.brpc.internal.quic;

import java.net.SocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;

/**
 * Stands in a dialed socket's pipeline where Netty's codec would: brings what arrives,
 * and the connections that begin, to the {@link ClientCodec}. What connections write goes
 * the other way, and comes by here on its way to the socket.
 * <p>
 * Event-loop confined.
 */
final class ClientSocketHandler extends ChannelDuplexHandler {

	/**
	 * So much is sent while a connection still writes more: about what one system call
	 * takes.
	 */
	private static final int FLUSH_BYTES = 27_000;

	private final Channel codec;

	private final ReadBatch arrivals;

	private int unflushedBytes;

	private boolean read;

	ClientSocketHandler(Channel codec, ReadBatch arrivals) {
		this.codec = codec;
		this.arrivals = arrivals;
	}

	/**
	 * Returns the datagrams that the codec reads now.
	 * @return those of all sockets of the codec
	 */
	ReadBatch arrivals() {
		return this.arrivals;
	}

	/**
	 * Tells whether anything has come at all.
	 * @return whether the socket has read a datagram
	 */
	boolean hasRead() {
		return this.read;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.read = true;
		this.codec.pipeline().fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.codec.pipeline().fireChannelReadComplete();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (ctx.channel().isWritable()) {
			this.codec.pipeline().fireChannelWritabilityChanged();
		}
		else {
			flush(ctx);
		}
	}

	/**
	 * A connection begins: the socket itself is connected already. The address is one
	 * that only the codec understands.
	 */
	@Override
	public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
		this.codec.connect(remote, local).addListener((ChannelFutureListener) (connected) -> {
			if (connected.isSuccess()) {
				promise.setSuccess();
			}
			else {
				promise.setFailure(connected.cause());
			}
		});
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		this.unflushedBytes += ((DatagramPacket) message).content().readableBytes();
		ctx.write(message, promise);
		if (this.unflushedBytes >= FLUSH_BYTES) {
			flush(ctx);
		}
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		this.unflushedBytes = 0;
		ctx.flush();
	}

}
