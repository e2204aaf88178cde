package io.brpc.internal.h2;

import java.net.SocketAddress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StreamChannel} has instead of a stream when the calls of its connection
 * travel by another wire. It answers gRPC as an HTTP/2 server would that has nothing to
 * do (RFC 9113), and nothing of that is sent: so gRPC's channel becomes ready, stays so,
 * connects anew when the connection goes, and shuts down as ever. A call that comes here
 * is refused, which gRPC takes for not having run.
 * <p>
 * Event-loop confined. Owns the buffers that it makes until the channel reads them.
 */
public final class StandIn implements Carrier {

	/**
	 * The connection, as a channel sees it that needs nothing of it.
	 */
	public interface Owner {

		/**
		 * Returns this end's address, as gRPC shows it.
		 * @return the address
		 */
		SocketAddress localAddress();

		/**
		 * Returns the other end's address, as gRPC shows it.
		 * @return an address from which the connection can be told
		 */
		SocketAddress remoteAddress();

		/**
		 * gRPC wants the connection no more: the channel has closed, and not because the
		 * connection went. Called at most once.
		 */
		void closedByGrpc();

	}

	private static final int PING_LENGTH = 8;

	private final byte[] header = new byte[Http2CodecUtil.FRAME_HEADER_LENGTH];

	private final Owner owner;

	private @Nullable StreamChannel channel;

	private @Nullable ByteBuf answer;

	private int preface = Http2CodecUtil.connectionPrefaceBuf().readableBytes();

	private int headerLength;

	private int bodyLength;

	private boolean ping;

	private boolean leaving;

	/**
	 * Makes one for a channel.
	 * @param owner the connection
	 */
	public StandIn(Owner owner) {
		this.owner = owner;
	}

	void attach(StreamChannel channel) {
		this.channel = channel;
	}

	/**
	 * Makes gRPC take its calls elsewhere from now on, and closes the channel.
	 */
	public void goAway() {
		StreamChannel channel = this.channel;
		if (channel == null || this.leaving) {
			return;
		}
		this.leaving = true;
		ByteBuf frame = frame(Http2FrameTypes.GO_AWAY, new Http2Flags(), 0, 2 * Integer.BYTES);
		frame.writeInt(Integer.MAX_VALUE).writeInt((int) Http2Error.NO_ERROR.code());
		deliver();
		channel.eventLoop().execute(channel::endQuietly);
	}

	@Override
	public EventLoop loop() {
		return requireChannel().eventLoop();
	}

	@Override
	public void read() {
		// What there is to read is delivered unasked.
	}

	/**
	 * Reads what gRPC sends: whole frames or parts of them.
	 */
	@Override
	public void write(ChannelOutboundBuffer buffer) {
		while (buffer.current() instanceof ByteBuf bytes) {
			read(bytes);
			buffer.remove();
		}
	}

	private void read(ByteBuf bytes) {
		int index = bytes.readerIndex();
		while (index < bytes.writerIndex()) {
			index += read(bytes, index, bytes.writerIndex() - index);
		}
		deliver();
	}

	private int read(ByteBuf bytes, int index, int available) {
		if (this.preface > 0) {
			int count = Math.min(this.preface, available);
			this.preface -= count;
			if (this.preface == 0) {
				frame(Http2FrameTypes.SETTINGS, new Http2Flags(), 0, 0);
			}
			return count;
		}
		if (this.headerLength < this.header.length) {
			int count = Math.min(this.header.length - this.headerLength, available);
			bytes.getBytes(index, this.header, this.headerLength, count);
			this.headerLength += count;
			if (this.headerLength == this.header.length) {
				frameBegun();
			}
			return count;
		}
		int count = Math.min(this.bodyLength, available);
		if (this.ping && this.answer != null) {
			this.answer.writeBytes(bytes, index, count);
		}
		this.bodyLength -= count;
		if (this.bodyLength == 0) {
			this.headerLength = 0;
		}
		return count;
	}

	private void frameBegun() {
		this.bodyLength = (this.header[0] & 0xff) << 16 | (this.header[1] & 0xff) << 8 | (this.header[2] & 0xff);
		byte type = this.header[3];
		boolean ack = new Http2Flags(this.header[4]).ack();
		this.ping = type == Http2FrameTypes.PING && !ack;
		if (this.ping) {
			frame(Http2FrameTypes.PING, new Http2Flags().ack(true), 0, PING_LENGTH);
		}
		else if (type == Http2FrameTypes.SETTINGS && !ack) {
			frame(Http2FrameTypes.SETTINGS, new Http2Flags().ack(true), 0, 0);
		}
		else if (type == Http2FrameTypes.HEADERS) {
			frame(Http2FrameTypes.RST_STREAM, new Http2Flags(), streamId(), Integer.BYTES)
				.writeInt((int) Http2Error.REFUSED_STREAM.code());
		}
		if (this.bodyLength == 0) {
			this.headerLength = 0;
		}
	}

	private int streamId() {
		return (this.header[5] & 0x7f) << 24 | (this.header[6] & 0xff) << 16 | (this.header[7] & 0xff) << 8
				| (this.header[8] & 0xff);
	}

	private ByteBuf frame(byte type, Http2Flags flags, int streamId, int length) {
		if (this.answer == null) {
			this.answer = requireChannel().alloc().buffer();
		}
		Http2CodecUtil.writeFrameHeader(this.answer, length, type, flags, streamId);
		return this.answer;
	}

	/**
	 * Gives gRPC the answers, but not while it writes.
	 */
	private void deliver() {
		ByteBuf answer = this.answer;
		if (answer == null || (this.ping && this.bodyLength > 0)) {
			return;
		}
		this.answer = null;
		StreamChannel channel = requireChannel();
		channel.eventLoop().execute(() -> channel.receive(answer));
	}

	private StreamChannel requireChannel() {
		StreamChannel channel = this.channel;
		if (channel == null) {
			throw new IllegalStateException("no channel yet");
		}
		return channel;
	}

	@Override
	public void closed(boolean connectionEnded) {
		if (this.answer != null) {
			this.answer.release();
			this.answer = null;
		}
		if (!connectionEnded && !this.leaving) {
			this.owner.closedByGrpc();
		}
	}

	@Override
	public SocketAddress localAddress() {
		return this.owner.localAddress();
	}

	@Override
	public SocketAddress remoteAddress() {
		return this.owner.remoteAddress();
	}

}
