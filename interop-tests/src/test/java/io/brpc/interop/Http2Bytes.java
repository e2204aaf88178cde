package io.brpc.interop;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * As much of HTTP/2 (RFC 9113) as it takes to see whether somebody speaks it. Not
 * instantiable.
 */
final class Http2Bytes {

	static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	static final byte[] EMPTY_SETTINGS = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };

	static final int SETTINGS = 4;

	private static final int PING = 6;

	private static final int ACK = 1;

	private Http2Bytes() {
	}

	/**
	 * Returns a PING frame.
	 * @param payload its opaque data
	 * @return the frame
	 */
	static byte[] ping(long payload) {
		return ByteBuffer.allocate(17).put(new byte[] { 0, 0, 8, PING, 0 }).putInt(0).putLong(payload).array();
	}

	/**
	 * Reads frames until one of a type comes.
	 * @param in where from
	 * @param type the type
	 */
	static void awaitFrame(InputStream in, int type) throws IOException {
		Frame frame = Frame.read(in);
		while (frame.type != type) {
			frame = Frame.read(in);
		}
	}

	/**
	 * Reads frames until a PING is answered.
	 * @param in where from
	 * @return the answer's opaque data
	 */
	static long awaitPong(InputStream in) throws IOException {
		Frame frame = Frame.read(in);
		while (frame.type != PING || (frame.flags & ACK) == 0) {
			frame = Frame.read(in);
		}
		return frame.payload.getLong();
	}

	private record Frame(int type, int flags, ByteBuffer payload) {

		static Frame read(InputStream in) throws IOException {
			DataInputStream data = new DataInputStream(in);
			int length = data.readUnsignedByte() << 16 | data.readUnsignedShort();
			int type = data.readUnsignedByte();
			int flags = data.readUnsignedByte();
			data.readInt();
			byte[] payload = new byte[length];
			data.readFully(payload);
			return new Frame(type, flags, ByteBuffer.wrap(payload));
		}

	}

}
