package io.brpc.internal.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Where something is read to that has no further use for the buffer when it has been
 * handled: one buffer per event loop, lent again and again. Netty's allocator makes large
 * buffers anew each time and fills them with zeros, which took a quarter of the time that
 * a client spent on reading a stream of large messages. While the buffer is lent, there
 * are others from the allocator.
 * <p>
 * Immutable; the buffers are event-loop confined.
 */
public final class LoopBuffers implements RecvByteBufAllocator {

	private final FixedRecvByteBufAllocator others;

	private final FastThreadLocal<ByteBuf> buffer;

	/**
	 * Makes an allocator.
	 * @param size of each buffer, bytes
	 * @param messagesPerRead how many messages are read at most before the event loop
	 * goes on to its tasks
	 */
	public LoopBuffers(int size, int messagesPerRead) {
		this.others = new FixedRecvByteBufAllocator(size);
		this.others.maxMessagesPerRead(messagesPerRead);
		this.buffer = new FastThreadLocal<>() {

			@Override
			protected ByteBuf initialValue() {
				// Without leak detection, for which a buffer that lives as long as its
				// thread is a leak.
				return new UnpooledByteBufAllocator(true, true).directBuffer(size, size);
			}

			@Override
			protected void onRemoval(ByteBuf own) {
				own.release();
			}

		};
	}

	@Override
	public ExtendedHandle newHandle() {
		return new LoopHandle((ExtendedHandle) this.others.newHandle());
	}

	private final class LoopHandle extends DelegatingHandle implements ExtendedHandle {

		private final ExtendedHandle limits;

		LoopHandle(ExtendedHandle limits) {
			super(limits);
			this.limits = limits;
		}

		@Override
		public ByteBuf allocate(ByteBufAllocator allocator) {
			ByteBuf own = LoopBuffers.this.buffer.get();
			return (own.refCnt() == 1) ? own.clear().retain() : super.allocate(allocator);
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
			return this.limits.continueReading(maybeMore);
		}

	}

}
