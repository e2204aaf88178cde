package io.brpc.internal.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Checks how a stream begins. HTTP/2 says which bytes come first (RFC 9113, section 3.4),
 * so a peer that speaks something else is found out before gRPC answers it, and can be
 * told.
 * <p>
 * Event-loop confined.
 */
final class PeerGreeting {

	enum Progress {

		PARTIAL, COMPLETE, WRONG

	}

	private static final int ANY = -1;

	private static final int[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".chars().toArray();

	// A frame header (RFC 9113, section 4.1): length, type 4, no flags, stream 0.
	private static final int[] SETTINGS = { ANY, ANY, ANY, 4, 0, 0, 0, 0, 0 };

	private static final int SHOWN_BYTES = 16;

	private final int[] expected;

	private final String expectation;

	private int position;

	private PeerGreeting(int[] expected, String expectation) {
		this.expected = expected;
		this.expectation = expectation;
	}

	/**
	 * Returns the check of the calling end's first bytes.
	 * @return expects the client connection preface
	 */
	static PeerGreeting preface() {
		return new PeerGreeting(PREFACE, "expected the HTTP/2 connection preface");
	}

	/**
	 * Returns the check of the serving end's first bytes.
	 * @return expects the header of a SETTINGS frame
	 */
	static PeerGreeting settings() {
		return new PeerGreeting(SETTINGS, "expected an HTTP/2 SETTINGS frame");
	}

	boolean isComplete() {
		return this.position == this.expected.length;
	}

	/**
	 * Compares the next bytes.
	 * @param bytes what arrived; not changed
	 * @return how far the check is
	 */
	Progress read(ByteBuf bytes) {
		int start = bytes.readerIndex();
		int count = Math.min(bytes.readableBytes(), this.expected.length - this.position);
		for (int i = 0; i < count; i++) {
			int wanted = this.expected[this.position + i];
			if (wanted != ANY && wanted != bytes.getUnsignedByte(start + i)) {
				return Progress.WRONG;
			}
		}
		this.position += count;
		return isComplete() ? Progress.COMPLETE : Progress.PARTIAL;
	}

	/**
	 * Tells what was wrong.
	 * @param bytes what arrived; not changed
	 * @return words, and the first bytes in hexadecimal
	 */
	String complaint(ByteBuf bytes) {
		int shown = Math.min(bytes.readableBytes(), SHOWN_BYTES);
		return this.expectation + ", got 0x" + ByteBufUtil.hexDump(bytes, bytes.readerIndex(), shown);
	}

}
