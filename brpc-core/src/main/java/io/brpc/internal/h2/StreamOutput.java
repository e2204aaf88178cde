package io.brpc.internal.h2;

import java.net.SocketAddress;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a {@link StreamChannel}, as the channel uses it: hands over what the
 * channel has flushed, in as few writes as possible and only while the stream takes them,
 * and ends with FIN. What the stream brings comes by {@link StreamInput}.
 * <p>
 * Event-loop confined. Owns no buffer: what waits belongs to the channel's outbound
 * buffer, what is written to the stream.
 */
final class StreamOutput implements Carrier {

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

	@Override
	public EventLoop loop() {
		return this.stream.eventLoop();
	}

	@Override
	public void read() {
		this.stream.read();
	}

	@Override
	public void write(ChannelOutboundBuffer buffer) throws Exception {
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
	 * Ends the stream, unless the whole connection ends; and has it read on then, until
	 * the peer's FIN.
	 */
	@Override
	public void closed(boolean connectionEnded) {
		this.stallWatch.stop();
		if (connectionEnded) {
			return;
		}
		finish();
		this.stream.read();
		this.owner.localEnded();
	}

	/**
	 * Sends FIN behind everything that was written.
	 */
	private void finish() {
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

	@Override
	public SocketAddress localAddress() {
		return this.owner.localAddress();
	}

	@Override
	public SocketAddress remoteAddress() {
		return this.owner.remoteAddress();
	}

}
