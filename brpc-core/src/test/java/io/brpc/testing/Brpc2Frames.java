package io.brpc.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.brpc.ConnectionId;

/**
 * Frames of brpc/2 by hand, as {@code docs/wire.md} has them, for peers that do what no
 * session would. Not instantiable.
 */
public final class Brpc2Frames {

	private static final int SETTINGS = 0x01;

	private static final int GOAWAY = 0x02;

	private static final int PING = 0x03;

	private static final int CALL = 0x10;

	private static final int ANSWER = 0x11;

	private static final int MESSAGE = 0x13;

	private static final int CANCEL = 0x15;

	private static final int CREDIT = 0x16;

	private static final int FLAG_PATH = 1;

	private static final int VARINT_BITS = 7;

	private static final int CONNECTION_ID = 1;

	private Brpc2Frames() {
	}

	/**
	 * Returns what a control stream carries.
	 * @param frames the frames, SETTINGS first
	 * @return the bytes of the stream
	 */
	public static byte[] control(byte[]... frames) {
		return stream(0x01, frames);
	}

	/**
	 * Returns what a lane carries towards its callee.
	 * @param frames the frames
	 * @return the bytes of the stream
	 */
	public static byte[] lane(byte[]... frames) {
		return stream(0x02, frames);
	}

	/**
	 * Returns what a call's own stream carries towards its callee.
	 * @param frames the frames
	 * @return the bytes of the stream
	 */
	public static byte[] own(byte[]... frames) {
		return stream(0x03, frames);
	}

	/**
	 * Returns what a stream carries towards whoever did not open it.
	 * @param kind its first byte
	 * @param frames the frames
	 * @return the bytes of the stream
	 */
	public static byte[] stream(int kind, byte[]... frames) {
		return Http2Frames.join(new byte[] { (byte) kind }, Http2Frames.join(frames));
	}

	/**
	 * Returns the SETTINGS of a client.
	 * @param settings each made by {@link #setting}, ids rising
	 * @return a frame
	 */
	public static byte[] settings(byte[]... settings) {
		return frame(SETTINGS, settings);
	}

	/**
	 * Returns the SETTINGS of a server.
	 * @param id the connection's ID
	 * @return a frame
	 */
	public static byte[] settings(ConnectionId id) {
		return settings(varint(CONNECTION_ID), bytes(id.toBytes()));
	}

	public static byte[] setting(int id, long value) {
		return Http2Frames.join(varint(id), bytes(varint(value)));
	}

	public static byte[] goAway() {
		return frame(GOAWAY);
	}

	public static byte[] ping(long payload) {
		return frame(PING, ByteBuffer.allocate(Long.BYTES).putLong(payload).array());
	}

	/**
	 * Returns a CALL of a method by its path.
	 * @param number the call's number
	 * @param method the number that the method gets, or 0
	 * @param path the method
	 * @param message the request
	 * @return a frame
	 */
	public static byte[] call(long number, int method, String path, byte... message) {
		return frame(CALL, varint(number), new byte[] { FLAG_PATH }, varint(method),
				bytes(path.getBytes(StandardCharsets.UTF_8)), message);
	}

	/**
	 * Returns a CALL of a method that has a number.
	 * @param number the call's number
	 * @param method the method's
	 * @return a frame
	 */
	public static byte[] call(long number, int method) {
		return frame(CALL, varint(number), new byte[1], varint(method));
	}

	public static byte[] answer(long number) {
		return frame(ANSWER, varint(number), new byte[1]);
	}

	public static byte[] message(byte... message) {
		return frame(MESSAGE, new byte[1], message);
	}

	public static byte[] cancel(long number) {
		return frame(CANCEL, varint(number));
	}

	public static byte[] credit(long number, long bytes) {
		return frame(CREDIT, varint(number), varint(bytes));
	}

	/**
	 * Returns a frame of any type.
	 * @param type the type
	 * @param fields its body
	 * @return a frame with the length that it has
	 */
	public static byte[] frame(int type, byte[]... fields) {
		byte[] body = Http2Frames.join(fields);
		return Http2Frames.join(claim(1 + body.length, type), body);
	}

	/**
	 * Returns the beginning of a frame.
	 * @param length how long it says that it is
	 * @param type its type
	 * @return a frame without its body
	 */
	public static byte[] claim(long length, int type) {
		return Http2Frames.join(varint(length), new byte[] { (byte) type });
	}

	public static byte[] varint(long value) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		long rest = value;
		while (rest >= 1 << VARINT_BITS) {
			bytes.write((int) rest | 1 << VARINT_BITS);
			rest >>>= VARINT_BITS;
		}
		bytes.write((int) rest);
		return bytes.toByteArray();
	}

	private static byte[] bytes(byte[] value) {
		return Http2Frames.join(varint(value.length), value);
	}

}
