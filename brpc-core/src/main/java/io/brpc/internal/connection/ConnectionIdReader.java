package io.brpc.internal.connection;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

import io.brpc.ConnectionId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamFrame;

/**
 * Reads the one thing that the server's unidirectional stream carries: the 16 bytes of
 * the connection ID, then FIN. The stream is read as frames, for FIN to be seen.
 * <p>
 * Event-loop confined. Releases what it reads.
 */
final class ConnectionIdReader extends ChannelInboundHandlerAdapter {

	private final byte[] bytes = new byte[ConnectionId.LENGTH];

	private final Consumer<ConnectionId> received;

	private final Consumer<String> malformed;

	private int count;

	private boolean done;

	/**
	 * Reads.
	 * @param received told of the ID
	 * @param malformed told what was wrong; one of the two is told, once
	 */
	ConnectionIdReader(Consumer<ConnectionId> received, Consumer<String> malformed) {
		this.received = received;
		this.malformed = malformed;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		QuicStreamFrame frame = (QuicStreamFrame) message;
		try {
			read(frame.content(), frame.hasFin());
		}
		finally {
			frame.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		ctx.read();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		refuse("the stream failed: " + cause.getMessage());
	}

	private void read(ByteBuf content, boolean fin) {
		if (this.done) {
			return;
		}
		int length = this.count + content.readableBytes();
		if (length > ConnectionId.LENGTH) {
			refuse("more than " + ConnectionId.LENGTH + " bytes");
			return;
		}
		content.readBytes(this.bytes, this.count, content.readableBytes());
		this.count = length;
		if (fin && length < ConnectionId.LENGTH) {
			refuse("only " + length + " bytes of " + ConnectionId.LENGTH);
		}
		else if (fin) {
			this.done = true;
			this.received.accept(ConnectionId.of(ByteBuffer.wrap(this.bytes)));
		}
	}

	private void refuse(String words) {
		if (!this.done) {
			this.done = true;
			this.malformed.accept(words);
		}
	}

}
