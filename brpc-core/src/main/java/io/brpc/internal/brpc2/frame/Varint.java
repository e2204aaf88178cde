package io.brpc.internal.brpc2.frame;

import io.netty.buffer.ByteBuf;

/**
 * Unsigned numbers below 2^63, seven bits to a byte, the least significant first. Not
 * instantiable.
 */
public final class Varint {

	/** The longest encoding, bytes. */
	public static final int MAX_LENGTH = 9;

	private static final int PAYLOAD_BITS = 7;

	private static final int MORE = 0x80;

	private static final int TWO_BYTES = 1 << 2 * PAYLOAD_BITS;

	private Varint() {
	}

	/**
	 * Returns how many bytes a number takes.
	 * @param value not negative
	 * @return 1 to 9
	 */
	public static int length(long value) {
		return (63 - Long.numberOfLeadingZeros(value | 1)) / PAYLOAD_BITS + 1;
	}

	/**
	 * Writes a number.
	 * @param out where to
	 * @param value not negative
	 */
	public static void write(ByteBuf out, long value) {
		if (value < TWO_BYTES && value >= MORE) {
			out.writeShortLE((int) (value & (MORE - 1)) | MORE | (int) (value >>> PAYLOAD_BITS) << Byte.SIZE);
			return;
		}
		long rest = value;
		while (rest >= MORE) {
			out.writeByte((int) (rest & (MORE - 1)) | MORE);
			rest >>>= PAYLOAD_BITS;
		}
		out.writeByte((int) rest);
	}

}
