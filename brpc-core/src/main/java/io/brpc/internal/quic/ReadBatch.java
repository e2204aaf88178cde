package io.brpc.internal.quic;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;

/**
 * Tells when all datagrams that one visit to the socket brought have been read. It stands
 * in front of the codec, which then sends: what is written to streams on that occasion
 * goes out with as few packets as possible, while the codec itself reports the end of a
 * read for each datagram.
 * <p>
 * Event-loop confined.
 */
public final class ReadBatch extends ChannelInboundHandlerAdapter {

	private final List<Runnable> tasks = new ArrayList<>();

	private boolean reading;

	/**
	 * Returns the one of a connection's socket.
	 * @param channel the connection
	 * @return null if the socket has none
	 */
	public static @Nullable ReadBatch of(QuicChannel channel) {
		return channel.parent().pipeline().get(ReadBatch.class);
	}

	/**
	 * Has something done when the batch has been read that is read now.
	 * @param task what to do; must not throw
	 * @return false if nothing is read now, and the task was not taken
	 */
	public boolean add(Runnable task) {
		return this.reading && this.tasks.add(task);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.reading = true;
		ctx.fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		// A task may add another one.
		for (int i = 0; i < this.tasks.size(); i++) {
			this.tasks.get(i).run();
		}
		this.tasks.clear();
		this.reading = false;
		ctx.fireChannelReadComplete();
	}

}
