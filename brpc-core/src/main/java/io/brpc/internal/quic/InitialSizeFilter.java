package io.brpc.internal.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/**
 * Drops datagrams that a server must not answer, before the codec does: Initial packets,
 * and packets of a version that is not ours, in a datagram of less than 1,200 bytes (RFC
 * 9000, sections 14.1 and 5.2.2). To answer them would let anybody use the server to
 * flood others.
 * <p>
 * Stateless.
 */
@Sharable
final class InitialSizeFilter extends ChannelInboundHandlerAdapter {

	static final int MIN_INITIAL_DATAGRAM_SIZE = 1200;

	private static final int LONG_HEADER = 0x80;

	private static final int LONG_PACKET_TYPE = 0x30;

	private static final int VERSION_1 = 1;

	private static final int VERSION_OFFSET = 1;

	private static final int VERSION_END = VERSION_OFFSET + Integer.BYTES;

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof DatagramPacket datagram && mustBeDropped(datagram.content())) {
			datagram.release();
			return;
		}
		ctx.fireChannelRead(message);
	}

	/**
	 * Tells whether a datagram is one that must not be answered.
	 * @param datagram the UDP payload; not changed
	 * @return whether to drop it
	 */
	static boolean mustBeDropped(ByteBuf datagram) {
		int size = datagram.readableBytes();
		if (size >= MIN_INITIAL_DATAGRAM_SIZE) {
			return false;
		}
		if (size < VERSION_END) {
			return true;
		}
		int start = datagram.readerIndex();
		int first = datagram.getByte(start);
		if ((first & LONG_HEADER) == 0) {
			return false;
		}
		boolean initial = (first & LONG_PACKET_TYPE) == 0;
		return initial || datagram.getInt(start + VERSION_OFFSET) != VERSION_1;
	}

}
