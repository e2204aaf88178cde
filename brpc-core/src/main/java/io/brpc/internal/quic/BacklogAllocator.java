package io.brpc.internal.quic;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Buffers for a socket that reads many datagrams with one system call. A turn of the
 * event loop goes on to read as long as each call brings all that it can, which means
 * that more may wait, and ends with the first that does not: so an idle socket is not
 * asked twice, and who answers quickly does not prolong the turn.
 * <p>
 * Immutable; each channel has a handle of its own, which is event-loop confined.
 */
final class BacklogAllocator implements RecvByteBufAllocator {

	private final LoopBuffers buffers;

	private final int datagramsPerRead;

	/**
	 * Makes one for sockets of a kind.
	 * @param datagramSize the largest datagram, bytes
	 * @param datagramsPerRead how many a system call brings at most
	 * @param datagramsPerTurn how many are read in a turn at most
	 */
	BacklogAllocator(int datagramSize, int datagramsPerRead, int datagramsPerTurn) {
		this.buffers = new LoopBuffers(datagramSize * datagramsPerRead, datagramsPerTurn);
		this.datagramsPerRead = datagramsPerRead;
	}

	@Override
	public Handle newHandle() {
		return new BacklogHandle(this.buffers.newHandle(), this.datagramsPerRead);
	}

	private static final class BacklogHandle extends DelegatingHandle implements ExtendedHandle {

		private final ExtendedHandle limits;

		private final int datagramsPerRead;

		private boolean full;

		BacklogHandle(ExtendedHandle limits, int datagramsPerRead) {
			super(limits);
			this.limits = limits;
			this.datagramsPerRead = datagramsPerRead;
		}

		@Override
		public void incMessagesRead(int count) {
			this.full = count >= this.datagramsPerRead;
			super.incMessagesRead(count);
		}

		@Override
		public boolean continueReading() {
			return this.full && super.continueReading();
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
			return this.full && this.limits.continueReading(maybeMore);
		}

	}

}
