package io.brpc.internal.brpc2;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.WireException;
import io.brpc.internal.quic.LoopBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * The last handler of a stream: hands what arrives to the {@link StreamHalf} that reads
 * it, by way of one array per event loop.
 * <p>
 * Event-loop confined. Releases what it reads.
 */
final class StreamInput extends ChannelInboundHandlerAdapter {

	/**
	 * How much is read at a time, bytes; a call that is not read holds no more than this.
	 */
	private static final int READ_SIZE = 32 << 10;

	private static final LoopBuffers READ_BUFFERS = new LoopBuffers(READ_SIZE, 1);

	private static final int SCRATCH_SIZE = 64 << 10;

	private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>();

	private final CallSession session;

	private final StreamHalf half;

	private boolean ended;

	StreamInput(CallSession session, StreamHalf half) {
		this.session = session;
		this.half = half;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		ctx.channel().config().setRecvByteBufAllocator(READ_BUFFERS);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		try {
			if (!this.session.isOver()) {
				this.session.heard();
				read(bytes);
			}
		}
		catch (WireException ex) {
			this.session.broken(ex.code(), ex.words());
		}
		finally {
			bytes.release();
		}
	}

	private void read(ByteBuf bytes) {
		this.half.readRest(bytes);
		int count = bytes.readableBytes();
		if (count == 0 || this.session.isOver()) {
			return;
		}
		byte[] scratch = SCRATCH.get();
		// A handler that is called out of here may make another stream read.
		SCRATCH.set(null);
		if (scratch == null || scratch.length < count) {
			scratch = new byte[Math.max(count, SCRATCH_SIZE)];
		}
		bytes.readBytes(scratch, 0, count);
		try {
			this.half.read(scratch, 0, count);
		}
		finally {
			SCRATCH.set(scratch);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.half.readComplete();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == ChannelInputShutdownEvent.INSTANCE) {
			end();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		// If the whole connection is gone, its owner knows why and fails the session.
		if (ctx.channel().parent().isOpen()) {
			end();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (ctx.channel().parent().isOpen()) {
			this.session.broken(CloseCode.STREAM_LOST, "a stream failed: " + cause.getMessage());
		}
	}

	private void end() {
		if (!this.ended && !this.session.isOver()) {
			this.ended = true;
			this.half.ended();
		}
	}

}
