package io.brpc.internal.brpc2.frame;

/**
 * The bits of the flags of CALL, ANSWER and MESSAGE. Not instantiable.
 */
final class Flags {

	/** CALL: the method's path is there. */
	static final int PATH = 1;

	/** CALL: a time-out is there. */
	static final int TIMEOUT = 1 << 1;

	/** CALL: metadata is there. */
	static final int METADATA = 1 << 2;

	/** CALL: a chain is there. */
	static final int CHAIN = 1 << 3;

	/** ANSWER: initial metadata is there. */
	static final int HEADERS = 1;

	/** ANSWER: trailing metadata is there. */
	static final int TRAILERS = 1 << 1;

	/** ANSWER: a status that is not OK is there. */
	static final int STATUS = 1 << 2;

	/** ANSWER: a description of the status is there. */
	static final int WORDS = 1 << 3;

	/** All three: the message is compressed. */
	static final int ENCODING = 1 << 4;

	/** ANSWER: no handler has seen the call. */
	static final int NOT_RUN = 1 << 5;

	private Flags() {
	}

	/**
	 * Reads flags.
	 * @param in where from
	 * @param known those that may be set
	 * @return the flags
	 */
	static int read(FrameCursor in, int known) {
		int flags = in.readByte("flags");
		if ((flags & ~known) != 0) {
			throw new WireException(
					"flags are 0x" + Integer.toHexString(flags) + ", known are 0x" + Integer.toHexString(known));
		}
		return flags;
	}

	/**
	 * Reads the number of an encoding.
	 * @param in where from
	 * @param flags whether it is there
	 * @return the number, or -1 for none
	 */
	static int readEncoding(FrameCursor in, int flags) {
		return ((flags & ENCODING) != 0) ? in.readCount("encoding", Settings.MAX_ENCODINGS - 1) : -1;
	}

}
