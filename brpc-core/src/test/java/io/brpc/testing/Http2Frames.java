package io.brpc.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.brpc.testing.proto.ExerciseGrpc;

/**
 * HTTP/2 frames (RFC 9113, section 6) one by one, for a peer that arranges them as no
 * HTTP/2 library would. Not instantiable.
 */
public final class Http2Frames {

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int CONTINUATION = 9;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private static final int CANCEL = 8;

	private static final int HEADER_LENGTH = 9;

	/**
	 * How long a string can be with a length of one byte (RFC 7541, section 5.1).
	 */
	private static final int MAX_STRING = 126;

	private Http2Frames() {
	}

	/**
	 * Returns what a caller begins with.
	 * @return the connection preface and empty SETTINGS
	 */
	public static byte[] opening() {
		return join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), settings());
	}

	public static byte[] settings() {
		return frame(SETTINGS, 0, 0);
	}

	public static byte[] ping() {
		return frame(PING, 0, 0, new byte[8]);
	}

	public static byte[] reset(int stream) {
		return frame(RST_STREAM, 0, stream, 0, 0, 0, CANCEL);
	}

	public static byte[] emptyData(int stream) {
		return frame(DATA, 0, stream);
	}

	/**
	 * Returns the DATA of a unary call's request.
	 * @param stream the stream
	 * @return a frame that ends the caller's half of it
	 */
	public static byte[] emptyRequest(int stream) {
		return frame(DATA, END_STREAM, stream, new byte[5]);
	}

	/**
	 * Returns the HEADERS of a unary call.
	 * @param stream the stream
	 * @return a frame that leaves the stream open
	 */
	public static byte[] call(int stream) {
		return frame(HEADERS, END_HEADERS, stream, callBlock());
	}

	/**
	 * Returns the HEADERS of a unary call that are to be continued.
	 * @param stream the stream
	 * @return a frame without END_HEADERS
	 */
	public static byte[] unfinishedCall(int stream) {
		return frame(HEADERS, 0, stream, callBlock());
	}

	/**
	 * Returns a CONTINUATION that is to be continued.
	 * @param stream the stream
	 * @param block a piece of a header block
	 * @return a frame without END_HEADERS
	 */
	public static byte[] continuation(int stream, byte[] block) {
		return frame(CONTINUATION, 0, stream, block);
	}

	/**
	 * Returns a header field, not to be indexed.
	 * @param name its name
	 * @param value its value
	 * @return a piece of a header block
	 */
	public static byte[] field(String name, String value) {
		if (name.length() > MAX_STRING || value.length() > MAX_STRING) {
			throw new IllegalArgumentException("at most " + MAX_STRING + " characters");
		}
		ByteArrayOutputStream field = new ByteArrayOutputStream();
		field.write(0);
		field.write(name.length());
		field.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
		field.write(value.length());
		field.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
		return field.toByteArray();
	}

	/**
	 * Puts frames behind each other.
	 * @param frames the frames
	 * @return their bytes
	 */
	public static byte[] join(byte[]... frames) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] frame : frames) {
			all.writeBytes(frame);
		}
		return all.toByteArray();
	}

	private static byte[] callBlock() {
		return join(field(":method", "POST"), field(":scheme", "http"),
				field(":path", "/" + ExerciseGrpc.getUnaryMethod().getFullMethodName()), field(":authority", "brpc"),
				field("content-type", "application/grpc"), field("te", "trailers"));
	}

	private static byte[] frame(int type, int flags, int stream, int... payload) {
		byte[] bytes = new byte[payload.length];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) payload[i];
		}
		return frame(type, flags, stream, bytes);
	}

	private static byte[] frame(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(HEADER_LENGTH + payload.length)
			.putShort((short) (payload.length >> 8))
			.put((byte) payload.length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

}
