package io.brpc.internal.brpc2.frame;

import java.io.Serial;

import io.brpc.CloseCode;

/**
 * The peer broke a rule: what the connection is closed with. Has no stack trace, since it
 * is the peer's fault and not the code's. Immutable.
 */
public final class WireException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final CloseCode code;

	/**
	 * Makes one.
	 * @param code what the peer is told
	 * @param words what it did, US-ASCII
	 */
	public WireException(CloseCode code, String words) {
		super(words, null, false, false);
		this.code = code;
	}

	/**
	 * Makes one with {@link CloseCode#PROTOCOL_ERROR}.
	 * @param words what the peer did, US-ASCII
	 */
	public WireException(String words) {
		this(CloseCode.PROTOCOL_ERROR, words);
	}

	/**
	 * Returns what the peer is told.
	 * @return the code
	 */
	public CloseCode code() {
		return this.code;
	}

	/**
	 * Returns the words.
	 * @return what the peer did
	 */
	public String words() {
		return String.valueOf(getMessage());
	}

	/**
	 * Returns the same, with the place where it happened in front of the words.
	 * @param place such as {@code CALL at 1234}
	 * @return another exception
	 */
	WireException at(String place) {
		return new WireException(this.code, place + ": " + words());
	}

}
