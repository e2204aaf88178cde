package io.brpc.internal.brpc2.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.brpc.ConnectionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What an end tells the other at the start.
 * <p>
 * Immutable.
 *
 * @param id the connection's ID, which only a server says
 * @param maxCalls how many calls the receiver may have in flight
 * @param maxLanes how many lanes the receiver may open
 * @param maxLaneFrame the largest frame that the receiver may send on a lane, bytes
 * @param maxMessage the largest message that the sender takes, bytes
 * @param maxMetadata what the metadata of a frame may cost, bytes
 * @param maxMethods how many methods the receiver may number on a lane
 * @param callWindow how much of a call's messages the receiver may send unasked, bytes
 * @param encodings names of the encodings that the sender can read
 */
public record Settings(@Nullable ConnectionId id, int maxCalls, int maxLanes, int maxLaneFrame, int maxMessage,
		int maxMetadata, int maxMethods, int callWindow, List<String> encodings) {

	/** How many encodings an end may name. */
	static final int MAX_ENCODINGS = 64;

	/** The least that some of the limits may be. */
	public static final int MIN_SIZE = 1024;

	/** The most that some of the limits may be. */
	public static final int MAX_SIZE = 1 << 20;

	/** The longest frame on a control stream. */
	public static final int MAX_CONTROL_FRAME = 16384;

	private static final Settings UNTOLD = new Settings(null, 100, 1, 16384, 4194304, 8192, 256, 65536, List.of());

	private static final int ID = 1;

	private static final int MAX_CALLS = 2;

	private static final int MAX_LANES = 3;

	private static final int MAX_LANE_FRAME = 4;

	private static final int MAX_MESSAGE = 5;

	private static final int MAX_METADATA = 6;

	private static final int MAX_METHODS = 7;

	private static final int ENCODINGS = 8;

	private static final int CALL_WINDOW = 9;

	public Settings {
		encodings = List.copyOf(encodings);
	}

	/**
	 * Returns what holds for those that are not told.
	 * @return the same one
	 */
	static Settings untold() {
		return UNTOLD;
	}

	/**
	 * Writes a frame.
	 * @param out where to
	 */
	public void write(ByteBuf out) {
		ByteBuf body = Unpooled.buffer();
		if (this.id != null) {
			Varint.write(body, ID);
			CallHead.writeText(body, this.id.toBytes());
		}
		writeNumber(body, MAX_CALLS, this.maxCalls);
		writeNumber(body, MAX_LANES, this.maxLanes);
		writeNumber(body, MAX_LANE_FRAME, this.maxLaneFrame);
		writeNumber(body, MAX_MESSAGE, this.maxMessage);
		writeNumber(body, MAX_METADATA, this.maxMetadata);
		writeNumber(body, MAX_METHODS, this.maxMethods);
		if (!this.encodings.isEmpty()) {
			writeEncodings(body);
		}
		writeNumber(body, CALL_WINDOW, this.callWindow);
		Varint.write(out, 1L + body.readableBytes());
		out.writeByte(FrameType.SETTINGS).writeBytes(body);
	}

	private static void writeNumber(ByteBuf body, int id, int value) {
		Varint.write(body, id);
		Varint.write(body, Varint.length(value));
		Varint.write(body, value);
	}

	private void writeEncodings(ByteBuf body) {
		ByteBuf names = Unpooled.buffer();
		for (String name : this.encodings) {
			CallHead.writeText(names, name.getBytes(StandardCharsets.UTF_8));
		}
		Varint.write(body, ENCODINGS);
		Varint.write(body, names.readableBytes());
		body.writeBytes(names);
	}

	/**
	 * Reads a frame.
	 * @param in the body of the frame
	 * @return the settings; the ID is null if it was not told
	 */
	public static Settings read(FrameCursor in) {
		Settings settings = UNTOLD;
		long last = -1;
		while (in.remaining() > 0) {
			long id = in.readVarint("id of a setting");
			if (id <= last) {
				throw new WireException("setting " + id + " comes behind setting " + last);
			}
			last = id;
			int length = in.readLength("value of setting " + id);
			FrameCursor value = new FrameCursor().on(in.array(), in.position(), length);
			in.skip(length);
			settings = settings.with(id, value);
		}
		return settings;
	}

	private Settings with(long id, FrameCursor value) {
		if (id < ID || id > CALL_WINDOW) {
			return this;
		}
		return switch ((int) id) {
			case ID -> new Settings(readId(value), this.maxCalls, this.maxLanes, this.maxLaneFrame, this.maxMessage,
					this.maxMetadata, this.maxMethods, this.callWindow, this.encodings);
			case MAX_CALLS -> new Settings(this.id, readNumber("max-calls", value, 1, Integer.MAX_VALUE), this.maxLanes,
					this.maxLaneFrame, this.maxMessage, this.maxMetadata, this.maxMethods, this.callWindow,
					this.encodings);
			case MAX_LANES -> new Settings(this.id, this.maxCalls, readNumber("max-lanes", value, 1, Integer.MAX_VALUE),
					this.maxLaneFrame, this.maxMessage, this.maxMetadata, this.maxMethods, this.callWindow,
					this.encodings);
			case MAX_LANE_FRAME -> new Settings(this.id, this.maxCalls, this.maxLanes,
					readNumber("max-lane-frame", value, MIN_SIZE, MAX_SIZE), this.maxMessage, this.maxMetadata,
					this.maxMethods, this.callWindow, this.encodings);
			case MAX_MESSAGE -> new Settings(this.id, this.maxCalls, this.maxLanes, this.maxLaneFrame,
					readNumber("max-message", value, 0, Integer.MAX_VALUE), this.maxMetadata, this.maxMethods,
					this.callWindow, this.encodings);
			case MAX_METADATA -> new Settings(this.id, this.maxCalls, this.maxLanes, this.maxLaneFrame, this.maxMessage,
					readNumber("max-metadata", value, MIN_SIZE, MAX_SIZE), this.maxMethods, this.callWindow,
					this.encodings);
			case MAX_METHODS -> new Settings(this.id, this.maxCalls, this.maxLanes, this.maxLaneFrame, this.maxMessage,
					this.maxMetadata, readNumber("max-methods", value, 0, Integer.MAX_VALUE), this.callWindow,
					this.encodings);
			case ENCODINGS -> new Settings(this.id, this.maxCalls, this.maxLanes, this.maxLaneFrame, this.maxMessage,
					this.maxMetadata, this.maxMethods, this.callWindow, readEncodings(value));
			default -> new Settings(this.id, this.maxCalls, this.maxLanes, this.maxLaneFrame, this.maxMessage,
					this.maxMetadata, this.maxMethods, readNumber("call-window", value, 1, Integer.MAX_VALUE),
					this.encodings);
		};
	}

	private static ConnectionId readId(FrameCursor value) {
		if (value.remaining() != ConnectionId.LENGTH) {
			throw new WireException("connection-id has " + value.remaining() + " bytes, not " + ConnectionId.LENGTH);
		}
		return ConnectionId.of(ByteBuffer.wrap(value.readBytes(ConnectionId.LENGTH)));
	}

	/**
	 * Reads a number. One that is greater than what fits here is as good as the greatest.
	 */
	private static int readNumber(String name, FrameCursor value, int least, int most) {
		long number = value.readVarint(name);
		value.expectEnd();
		boolean unbounded = most == Integer.MAX_VALUE;
		if (number < least || (number > most && !unbounded)) {
			throw new WireException(name + " is " + number + ", " + least + (unbounded ? " or more" : " to " + most));
		}
		return (int) Math.min(number, most);
	}

	private static List<String> readEncodings(FrameCursor value) {
		List<String> names = new ArrayList<>();
		while (value.remaining() > 0) {
			if (names.size() == MAX_ENCODINGS) {
				throw new WireException("more than " + MAX_ENCODINGS + " encodings");
			}
			names.add(value.readText("encoding", MAX_SIZE));
		}
		return names;
	}

}
