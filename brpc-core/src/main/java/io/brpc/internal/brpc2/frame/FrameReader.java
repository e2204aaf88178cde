package io.brpc.internal.brpc2.frame;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;

/**
 * Cuts the bytes of one half of a stream into frames, however they arrive. A frame that
 * arrives whole is read where it lies; of one that does not, what has arrived is kept, in
 * an array that is never more than four times as long.
 * <p>
 * Event-loop confined.
 */
public final class FrameReader {

	private static final int MIN_KEPT = 64;

	/**
	 * How many times what has arrived of a frame may be allocated for it.
	 */
	private static final long ROOM = 4;

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
			throw stopped(ex);
		}
	}

	private WireException stopped(WireException ex) {
		String place = place();
		stop();
		return ex.at(place);
	}

	/**
	 * Reads on as long as what comes belongs to a frame of which some has arrived: that
	 * needs no detour by way of an array. Whatever the sink does meanwhile, it must not
	 * call this.
	 * @param bytes read up to the end of that frame, or to their own; not at all if there
	 * is no such frame
	 * @throws WireException if they break a rule; nothing more is read then
	 */
	public void readRest(ByteBuf bytes) {
		if (this.keptLength == 0 || this.stopped) {
			return;
		}
		try {
			int taken = Math.min(missing(), bytes.readableBytes());
			makeRoom(taken);
			bytes.readBytes(this.kept, this.keptLength, taken);
			this.offset += taken;
			deliverKept(taken);
		}
		catch (WireException ex) {
			throw stopped(ex);
		}
	}

	/**
	 * Reads no more: what still arrives is dropped.
	 */
	public void stop() {
		this.stopped = true;
		this.kept = NOTHING;
		this.keptLength = 0;
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

	private int missing() {
		return (int) (this.length - 1) - this.keptLength;
	}

	private int readBody(byte[] bytes, int position, int end) {
		int missing = missing();
		int taken = Math.min(missing, end - position);
		if (this.keptLength == 0 && taken == missing) {
			deliver(this.cursor.on(bytes, position, taken));
			return position + taken;
		}
		makeRoom(taken);
		System.arraycopy(bytes, position, this.kept, this.keptLength, taken);
		deliverKept(taken);
		return position + taken;
	}

	private void makeRoom(int count) {
		int needed = this.keptLength + count;
		if (this.kept.length < needed) {
			long room = Math.max(needed * ROOM, MIN_KEPT);
			this.kept = Arrays.copyOf(this.kept, (int) Math.min(room, this.length - 1));
		}
	}

	/**
	 * Counts what was kept, and delivers the frame if that was the last of it.
	 */
	private void deliverKept(int count) {
		this.keptLength += count;
		if (missing() == 0) {
			byte[] body = this.kept;
			int length = this.keptLength;
			this.kept = NOTHING;
			this.keptLength = 0;
			deliver(this.cursor.onOwn(body, length));
		}
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
