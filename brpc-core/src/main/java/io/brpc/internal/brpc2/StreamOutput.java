package io.brpc.internal.brpc2;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a stream. What is written in a turn is gathered in one buffer and
 * handed over at its end; while QUIC has not taken all of one buffer, the next one waits
 * here, for the stream's own queue has no bound. The peer has to read every stream,
 * whatever its application does, so one that takes nothing for long is cut off.
 * <p>
 * Event-loop confined. Owns the buffer that it gathers in.
 */
final class StreamOutput {

	private static final int MIN_CAPACITY = 256;

	private static final int MAX_CAPACITY = 16 << 10;

	private final CallSession session;

	private final QuicStreamChannel stream;

	private final IntConsumer onWritten;

	private final ChannelFutureListener writeListener = this::written;

	private @Nullable ByteBuf buffer;

	/**
	 * What the turns so far have needed, so that a buffer seldom has to grow.
	 */
	private int capacity = MIN_CAPACITY;

	private int charge;

	private boolean dirty;

	/**
	 * What QUIC has not taken all of. It is QUIC's own; only how much is left of it is
	 * asked for.
	 */
	private @Nullable ByteBuf writing;

	private int writingCharge;

	private long writeCount;

	private @Nullable Future<?> stallCheck;

	private boolean ends;

	/**
	 * What is being written has FIN.
	 */
	private boolean writingLast;

	private boolean closed;

	/**
	 * Makes an output.
	 * @param session the session of the stream
	 * @param stream the stream
	 * @param onWritten told when bytes that were charged are with QUIC
	 */
	StreamOutput(CallSession session, QuicStreamChannel stream, IntConsumer onWritten) {
		this.session = session;
		this.stream = stream;
		this.onWritten = onWritten;
	}

	/**
	 * Returns the buffer of this turn, to write whole frames to. It goes out at the end
	 * of the turn.
	 * @return not to be kept
	 */
	ByteBuf buffer() {
		ByteBuf buffer = this.buffer;
		if (buffer == null) {
			buffer = this.stream.alloc().directBuffer(this.capacity);
			this.buffer = buffer;
		}
		if (!this.dirty) {
			this.dirty = true;
			this.session.turn().add(this);
		}
		return buffer;
	}

	/**
	 * Takes over bytes that were added to the session's budget: they are removed from it
	 * when QUIC has what is in the buffer now.
	 * @param count how many
	 */
	void charge(int count) {
		this.charge += count;
	}

	/**
	 * Sends FIN with the last of what was written, or with a frame that says nothing. It
	 * has to travel with bytes: quiche forgets a stream when all of its bytes are
	 * acknowledged, be it that a FIN behind them was lost or has yet to be sent. The peer
	 * would wait for it for ever, and never give back the credit for the stream.
	 */
	void end() {
		if (!this.ends && !this.closed) {
			this.ends = true;
			buffer();
		}
	}

	/**
	 * Writes nothing more, and forgets what waits.
	 */
	void close() {
		this.closed = true;
		if (this.buffer != null) {
			this.buffer.release();
			this.buffer = null;
		}
		this.session.budget().remove(this.charge);
		this.charge = 0;
		stopStallCheck();
	}

	/**
	 * Hands over what was gathered. Called by the turn.
	 */
	void flush() {
		this.dirty = false;
		ByteBuf bytes = this.buffer;
		if (bytes == null || this.writing != null) {
			return;
		}
		if (this.closed) {
			close();
			return;
		}
		this.buffer = null;
		this.writing = bytes;
		this.writingCharge = this.charge;
		this.charge = 0;
		this.writingLast = this.ends;
		if (this.ends && !bytes.isReadable()) {
			SmallFrames.writeEmpty(bytes, FrameType.NOTHING);
		}
		this.writeCount++;
		adapt(bytes.readableBytes());
		this.session.owner().wrote();
		ChannelFuture write = this.stream.write(this.ends ? new DefaultQuicStreamFrame(bytes, true) : bytes);
		if (write.isSuccess()) {
			written(write);
		}
		else {
			write.addListener(this.writeListener);
			if (this.stallCheck == null) {
				checkForStall();
			}
		}
	}

	/**
	 * Grows at once, and shrinks slowly.
	 */
	private void adapt(int needed) {
		int capacity = Math.max(needed, this.capacity - this.capacity / 16);
		this.capacity = Math.max(MIN_CAPACITY, Math.min(capacity, MAX_CAPACITY));
	}

	private void written(ChannelFuture write) {
		this.writing = null;
		int count = this.writingCharge;
		this.writingCharge = 0;
		this.session.budget().remove(count);
		if (!write.isSuccess()) {
			lost(write.cause());
			close();
			return;
		}
		if (this.writingLast) {
			// What was written since is for nobody.
			close();
		}
		else if (this.buffer != null && !this.dirty) {
			this.dirty = true;
			this.session.turn().add(this);
		}
		if (count > 0 && !this.closed) {
			this.onWritten.accept(count);
		}
	}

	private void lost(@Nullable Throwable cause) {
		if (!this.closed && this.stream.parent().isOpen()) {
			this.session.broken(CloseCode.STREAM_LOST, "the peer takes no more data on stream " + this.stream.streamId()
					+ ((cause != null) ? ": " + cause.getMessage() : ""));
		}
	}

	private void checkForStall() {
		long before = this.writeCount;
		int leftBefore = left();
		this.stallCheck = this.stream.eventLoop().schedule(() -> {
			this.stallCheck = null;
			if (this.closed || this.writing == null) {
				return;
			}
			if (this.writeCount == before && left() == leftBefore) {
				this.session.broken(CloseCode.STALLED,
						"stream " + this.stream.streamId() + ": the peer has read nothing for "
								+ this.session.settings().stallTimeout().toMillis() + " ms");
			}
			else {
				checkForStall();
			}
		}, this.session.settings().stallTimeout().toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Returns how much of a buffer QUIC has yet to take: a large message may take longer
	 * than the peer is given to read any of it.
	 * @return bytes
	 */
	private int left() {
		ByteBuf writing = this.writing;
		return (writing != null) ? writing.readableBytes() : 0;
	}

	private void stopStallCheck() {
		if (this.stallCheck != null) {
			this.stallCheck.cancel(false);
			this.stallCheck = null;
		}
	}

}
