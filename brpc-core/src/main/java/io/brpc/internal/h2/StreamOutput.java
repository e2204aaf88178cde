package io.brpc.internal.h2;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a {@link StreamChannel} that has its stream: hands over what the
 * channel has flushed, in as few writes as possible and only while the stream takes them,
 * and ends with FIN.
 * <p>
 * Event-loop confined. Owns no buffer: what waits belongs to the channel's outbound
 * buffer, what is written to the stream.
 */
final class StreamOutput {

	/**
	 * How much may wait beside what {@link SendQueue} and HTTP/2's flow control hold
	 * back, bytes, with what each buffer costs: answers to PING and SETTINGS, resets, and
	 * headers. A peer that asks for them without end and reads nothing would fill the
	 * memory, for gRPC's calling end does not count them.
	 */
	private static final long MAX_WAITING = 4 << 20;

	private final StreamChannel channel;

	private final QuicStreamChannel stream;

	private final StreamOwner owner;

	private final StallWatch stallWatch;

	private final ChannelFutureListener writeListener = this::written;

	private @Nullable ChannelFuture lastWrite;

	private boolean overflown;

	StreamOutput(StreamChannel channel, QuicStreamChannel stream, StreamOwner owner) {
		this.channel = channel;
		this.stream = stream;
		this.owner = owner;
		this.stallWatch = new StallWatch(stream.eventLoop(), owner.stallTimeout(), owner::stalled);
	}

	/**
	 * Writes what the stream takes.
	 * @param buffer what was flushed
	 */
	void write(ChannelOutboundBuffer buffer) throws Exception {
		boolean progress = false;
		while (this.stream.isWritable() && !buffer.isEmpty()) {
			progress = true;
			WriteBatch batch = new WriteBatch(this.stream.alloc(), buffer);
			this.lastWrite = this.stream.write(batch.bytes()).addListener(this.writeListener);
			// Only now: to remove a message completes its promise, which may close the
			// channel.
			batch.removeFrom(buffer);
		}
		if (progress) {
			this.owner.wrote();
		}
		this.stallWatch.wrote(progress, !buffer.isEmpty());
		if (buffer.totalPendingWriteBytes() > MAX_WAITING && !this.overflown) {
			this.overflown = true;
			// Not now, in the middle of a flush.
			this.stream.eventLoop()
				.execute(() -> this.owner.broken("the peer does not read what it asks for on a gRPC stream"));
		}
	}

	private void written(ChannelFuture write) {
		if (!write.isSuccess() && this.stream.parent().isOpen() && this.channel.isOpen()) {
			this.owner.broken("the peer takes no more data on a gRPC stream");
		}
	}

	/**
	 * Nothing more will be written.
	 */
	void close() {
		this.stallWatch.stop();
	}

	/**
	 * Sends FIN behind everything that was written.
	 */
	void finish() {
		ChannelFuture lastWrite = this.lastWrite;
		if (lastWrite == null || lastWrite.isDone()) {
			sendFin();
		}
		else {
			// A FIN does not queue behind data that waits for credit: it would cut it
			// off.
			lastWrite.addListener((done) -> sendFin());
		}
	}

	/**
	 * Sends FIN, but not while the codec reads. It would only be queued then, and be lost
	 * if the peer's FIN has been read and all data are acknowledged: quiche takes such a
	 * stream for complete and forgets it, with its queue.
	 */
	private void sendFin() {
		this.stream.eventLoop().execute(() -> this.stream.shutdownOutput());
	}

}
