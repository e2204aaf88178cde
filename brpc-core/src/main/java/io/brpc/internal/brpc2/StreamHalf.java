package io.brpc.internal.brpc2;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.FrameReader;
import io.brpc.internal.brpc2.frame.FrameSink;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a stream: its frames, and its end. Event-loop confined.
 */
abstract class StreamHalf implements FrameSink {

	/**
	 * What all fields of a frame but metadata and message take at most, bytes.
	 */
	static final int MAX_FIELDS = 2048;

	private final CallSession session;

	private final QuicStreamChannel stream;

	private final long offset;

	/**
	 * Made for the first bytes, which not every half comes to see.
	 */
	private @Nullable FrameReader reader;

	/**
	 * Makes a half.
	 * @param session the session of the stream
	 * @param stream the stream
	 * @param offset how much of it was read before
	 */
	StreamHalf(CallSession session, QuicStreamChannel stream, long offset) {
		this.session = session;
		this.stream = stream;
		this.offset = offset;
	}

	final CallSession session() {
		return this.session;
	}

	final QuicStreamChannel stream() {
		return this.stream;
	}

	/**
	 * Reads on.
	 * @param bytes the array
	 * @param start where they begin
	 * @param count how many they are
	 * @throws WireException if the peer broke a rule
	 */
	void read(byte[] bytes, int start, int count) {
		reader().read(bytes, start, count);
	}

	/**
	 * Reads the rest of a frame that has begun to arrive, if there is one.
	 * @param bytes what has arrived
	 * @throws WireException if the peer broke a rule
	 */
	void readRest(ByteBuf bytes) {
		FrameReader reader = this.reader;
		if (reader != null) {
			reader.readRest(bytes);
		}
	}

	/**
	 * Reads no more frames; what still arrives is dropped.
	 */
	final void discard() {
		reader().stop();
	}

	private FrameReader reader() {
		FrameReader reader = this.reader;
		if (reader == null) {
			reader = new FrameReader("stream " + this.stream.streamId(), this.offset, this);
			this.reader = reader;
		}
		return reader;
	}

	/**
	 * What had arrived is read. Reads on, as long as the application has no say in it.
	 */
	void readComplete() {
		this.stream.read();
	}

	/**
	 * The peer's FIN was read, or the stream is gone otherwise.
	 */
	abstract void ended();

	/**
	 * Closes the connection because this half should not have ended.
	 */
	final void lost() {
		this.session.broken(CloseCode.STREAM_LOST, "stream " + this.stream.streamId() + " ended");
	}

	@Override
	public void tooLong(int type, long length) {
		throw new WireException("length is " + length + ", limit is " + limit(type));
	}

	/**
	 * Refuses a frame that is known but does not belong here.
	 * @param type its type
	 * @return negative for one that is not known
	 */
	static long refuseKnown(int type) {
		switch (type) {
			case FrameType.SETTINGS, FrameType.GOAWAY, FrameType.PING, FrameType.PONG, FrameType.DONE, FrameType.CALL,
					FrameType.ANSWER, FrameType.HEADERS, FrameType.MESSAGE, FrameType.HALF_CLOSE, FrameType.CANCEL,
					FrameType.CREDIT ->
				throw new WireException("does not belong here");
			default -> {
				return -1;
			}
		}
	}

}
