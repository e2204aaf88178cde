package io.brpc.internal.brpc2.frame;

import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;

/**
 * The frames with one field or none, and the head of MESSAGE. Not instantiable.
 */
public final class SmallFrames {

	private static final int PAYLOAD_LENGTH = Long.BYTES;

	private SmallFrames() {
	}

	/**
	 * Writes GOAWAY, DONE or HALF_CLOSE.
	 * @param out where to
	 * @param type which of them
	 */
	public static void writeEmpty(ByteBuf out, int type) {
		out.writeByte(1).writeByte(type);
	}

	/**
	 * Reads GOAWAY, DONE or HALF_CLOSE.
	 * @param in the body of the frame
	 */
	public static void readEmpty(FrameCursor in) {
		in.expectEnd();
	}

	/**
	 * Writes PING or PONG.
	 * @param out where to
	 * @param type which of them
	 * @param payload what it carries
	 */
	public static void writePing(ByteBuf out, int type, long payload) {
		out.writeByte(1 + PAYLOAD_LENGTH).writeByte(type).writeLong(payload);
	}

	/**
	 * Reads PING or PONG.
	 * @param in the body of the frame
	 * @return what it carries
	 */
	public static long readPing(FrameCursor in) {
		long payload = 0;
		for (int i = 0; i < PAYLOAD_LENGTH; i++) {
			payload = payload << Byte.SIZE | in.readByte("payload");
		}
		in.expectEnd();
		return payload;
	}

	/**
	 * Writes CANCEL.
	 * @param out where to
	 * @param number the call's number
	 */
	public static void writeCancel(ByteBuf out, long number) {
		Varint.write(out, 1 + Varint.length(number));
		out.writeByte(FrameType.CANCEL);
		Varint.write(out, number);
	}

	/**
	 * Reads CANCEL.
	 * @param in the body of the frame
	 * @return the call's number
	 */
	public static long readCancel(FrameCursor in) {
		long number = in.readVarint("number");
		in.expectEnd();
		return number;
	}

	/**
	 * Writes CREDIT.
	 * @param out where to
	 * @param number the call's number
	 * @param bytes how much more its receiver takes
	 */
	public static void writeCredit(ByteBuf out, long number, long bytes) {
		Varint.write(out, 1L + Varint.length(number) + Varint.length(bytes));
		out.writeByte(FrameType.CREDIT);
		Varint.write(out, number);
		Varint.write(out, bytes);
	}

	/**
	 * Reads CREDIT up to the bytes.
	 * @param in the body of the frame
	 * @return the call's number
	 */
	public static long readCreditNumber(FrameCursor in) {
		return in.readVarint("number");
	}

	/**
	 * Reads the rest of CREDIT.
	 * @param in the body of the frame, at the bytes
	 * @return how much more the receiver takes
	 */
	public static int readCreditBytes(FrameCursor in) {
		int bytes = in.readCount("bytes", Integer.MAX_VALUE);
		if (bytes == 0) {
			throw new WireException("bytes is 0, at least 1");
		}
		in.expectEnd();
		return bytes;
	}

	/**
	 * Writes HEADERS.
	 * @param out where to
	 * @param headers initial metadata
	 */
	public static void writeHeaders(ByteBuf out, Encoded headers) {
		Varint.write(out, 1L + headers.length());
		out.writeByte(FrameType.HEADERS);
		headers.write(out);
	}

	/**
	 * Reads HEADERS.
	 * @param in the body of the frame
	 * @param maxMetadata what they may cost
	 * @return initial metadata
	 */
	public static Metadata readHeaders(FrameCursor in, int maxMetadata) {
		Metadata headers = new Metadata();
		MetadataCodec.read(in, maxMetadata, headers);
		in.expectEnd();
		return headers;
	}

	/**
	 * Returns how many bytes the head of a MESSAGE takes, at most.
	 * @return all of the frame but the message, and its length
	 */
	public static int maxMessageHead() {
		return 2 + Varint.length(Settings.MAX_ENCODINGS);
	}

	/**
	 * Writes MESSAGE up to the message, which has to follow.
	 * @param out where to
	 * @param encoding of the message, or -1
	 * @param messageLength bytes
	 */
	public static void writeMessageHead(ByteBuf out, int encoding, int messageLength) {
		Varint.write(out, 2L + ((encoding >= 0) ? Varint.length(encoding) : 0) + messageLength);
		out.writeByte(FrameType.MESSAGE);
		out.writeByte((encoding >= 0) ? Flags.ENCODING : 0);
		if (encoding >= 0) {
			Varint.write(out, encoding);
		}
	}

	/**
	 * Reads the head of a MESSAGE; the cursor is then at the message.
	 * @param in the body of the frame
	 * @return the message's encoding, or -1 for none
	 */
	public static int readMessageHead(FrameCursor in) {
		return Flags.readEncoding(in, Flags.read(in, Flags.ENCODING));
	}

}
