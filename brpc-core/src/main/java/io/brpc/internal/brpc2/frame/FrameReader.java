package io.brpc.internal.brpc2.frame;

import java.util.Arrays;

/**
 * Cuts the bytes of one half of a stream into frames, however they arrive. A frame that
 * arrives whole is read where it lies; of one that does not, what has arrived is kept,
 * never more.
 * <p>
 * Event-loop confined.
 */
public final class FrameReader {

	private static final int MIN_KEPT = 64;

	private static final int PAYLOAD_BITS = 7;

	private static final byte[] NOTHING = {};

	private final FrameSink sink;

	private final String stream;

	private final FrameCursor cursor = new FrameCursor();

	private long offset;

	private long frameOffset;

	private int lengthBytes;

	private long length;

	private boolean lengthComplete;

	private int type = -1;

	private long skip;

	private byte[] kept = NOTHING;

	private int keptLength;

	private boolean stopped;

	/**
	 * Makes a reader.
	 * @param stream the stream's name for error messages, such as {@code stream 4}
	 * @param offset how much of the stream was read before
	 * @param sink takes the frames
	 */
	public FrameReader(String stream, long offset, FrameSink sink) {
		this.stream = stream;
		this.offset = offset;
		this.frameOffset = offset;
		this.sink = sink;
	}

	/**
	 * Reads on. Whatever the sink does meanwhile, it must not call this.
	 * @param bytes the array; left alone once this returns
	 * @param start where they begin
	 * @param count how many they are
	 * @throws WireException if they break a rule; nothing more is read then
	 */
	public void read(byte[] bytes, int start, int count) {
		try {
			int end = start + count;
			int position = start;
			while (position < end && !this.stopped) {
				int next = step(bytes, position, end);
				this.offset += next - position;
				position = next;
			}
		}
		catch (WireException ex) {
			this.stopped = true;
			this.kept = NOTHING;
			throw ex.at(place());
		}
	}

	/**
	 * Reads no more: what still arrives is dropped.
	 */
	public void stop() {
		this.stopped = true;
		this.kept = NOTHING;
	}

	/**
	 * Tells whether the bytes so far end where a frame does.
	 * @return whether no frame is incomplete
	 */
	public boolean isBetweenFrames() {
		return this.lengthBytes == 0 && this.skip == 0;
	}

	private String place() {
		String frame = (this.type >= 0) ? FrameType.name(this.type) : "frame";
		return frame + " at " + this.frameOffset + " of " + this.stream;
	}

	private int step(byte[] bytes, int position, int end) {
		if (this.skip > 0) {
			int skipped = (int) Math.min(this.skip, end - position);
			this.skip -= skipped;
			if (this.skip == 0) {
				finishFrame();
			}
			return position + skipped;
		}
		if (!this.lengthComplete) {
			return readLength(bytes, position, end);
		}
		if (this.type < 0) {
			readType(bytes[position] & 0xff);
			return position + 1;
		}
		return readBody(bytes, position, end);
	}

	private int readLength(byte[] bytes, int position, int end) {
		int index = position;
		if (this.lengthBytes == 0) {
			this.frameOffset = this.offset;
		}
		while (index < end) {
			int next = bytes[index++];
			this.length |= (long) (next & 0x7f) << (this.lengthBytes++ * PAYLOAD_BITS);
			if (next >= 0) {
				if (next == 0) {
					throw new WireException(
							(this.lengthBytes > 1) ? "length is a varint with a needless last byte" : "length is 0");
				}
				this.lengthComplete = true;
				return index;
			}
			if (this.lengthBytes == Varint.MAX_LENGTH) {
				throw new WireException("length is a varint that does not end within 9 bytes");
			}
		}
		return index;
	}

	private void readType(int type) {
		this.type = type;
		long limit = this.sink.limit(type);
		if (limit < 0 || this.length > limit) {
			if (limit >= 0) {
				this.sink.tooLong(type, this.length);
			}
			this.skip = this.length - 1;
			if (this.skip == 0) {
				finishFrame();
			}
		}
		else if (this.length == 1) {
			deliver(this.cursor.on(NOTHING, 0, 0));
		}
	}

	private int readBody(byte[] bytes, int position, int end) {
		int missing = (int) (this.length - 1) - this.keptLength;
		int taken = Math.min(missing, end - position);
		if (this.keptLength == 0 && taken == missing) {
			deliver(this.cursor.on(bytes, position, taken));
			return position + taken;
		}
		keep(bytes, position, taken);
		if (taken == missing) {
			byte[] body = this.kept;
			int length = this.keptLength;
			this.kept = NOTHING;
			this.keptLength = 0;
			deliver(this.cursor.onOwn(body, length));
		}
		return position + taken;
	}

	private void keep(byte[] bytes, int position, int count) {
		int needed = this.keptLength + count;
		if (this.kept.length < needed) {
			long doubled = Math.max(this.kept.length * 2L, MIN_KEPT);
			this.kept = Arrays.copyOf(this.kept, (int) Math.max(needed, Math.min(doubled, this.length - 1)));
		}
		System.arraycopy(bytes, position, this.kept, this.keptLength, count);
		this.keptLength = needed;
	}

	private void deliver(FrameCursor body) {
		this.sink.frame(this.type, body);
		finishFrame();
	}

	private void finishFrame() {
		this.lengthBytes = 0;
		this.length = 0;
		this.lengthComplete = false;
		this.type = -1;
	}

}
