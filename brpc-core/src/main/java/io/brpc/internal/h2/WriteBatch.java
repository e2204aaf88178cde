package io.brpc.internal.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Flushed messages, gathered into the buffer of one write. Whoever makes one writes its
 * bytes, which belong to the write, and then removes its messages. Event-loop confined.
 */
final class WriteBatch {

	/**
	 * How much goes into one write to the stream, bytes. More would only wait in the
	 * stream's queue, where nobody counts it.
	 */
	private static final int MAX_BYTES = 64 << 10;

	private final ByteBuf bytes;

	private int count;

	WriteBatch(ByteBufAllocator allocator, ChannelOutboundBuffer buffer) throws Exception {
		ByteBuf first = (ByteBuf) buffer.current();
		if (buffer.size() == 1 || first.readableBytes() >= MAX_BYTES / 2) {
			this.bytes = first.retain();
			this.count = 1;
			return;
		}
		long pending = Math.min(buffer.totalPendingWriteBytes(), MAX_BYTES);
		this.bytes = allocator.directBuffer((int) Math.max(pending, first.readableBytes()));
		buffer.forEachFlushedMessage((message) -> add((ByteBuf) message));
	}

	private boolean add(ByteBuf message) {
		if (this.count > 0 && this.bytes.readableBytes() + message.readableBytes() > MAX_BYTES) {
			return false;
		}
		this.bytes.writeBytes(message, message.readerIndex(), message.readableBytes());
		this.count++;
		return true;
	}

	ByteBuf bytes() {
		return this.bytes;
	}

	void removeFrom(ChannelOutboundBuffer buffer) {
		for (int i = 0; i < this.count && !buffer.isEmpty(); i++) {
			buffer.remove();
		}
	}

}
