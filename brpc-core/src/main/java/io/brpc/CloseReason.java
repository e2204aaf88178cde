package io.brpc;

import java.util.Objects;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ended, in words that a status description can carry.
 * <p>
 * Immutable.
 *
 * @param origin who ended it
 * @param code the code that the peer was told, or told; null if there was none, or none
 * of these
 * @param description what happened, including the peer's code and reason where there are
 * any
 */
public record CloseReason(Origin origin, @Nullable CloseCode code, String description) {

	/**
	 * Checks that only the code may be missing.
	 * @throws NullPointerException if the origin or the description is
	 */
	public CloseReason {
		Objects.requireNonNull(origin, "origin");
		Objects.requireNonNull(description, "description");
	}

	/**
	 * Makes a reason without a code.
	 * @param origin who ended it
	 * @param description what happened
	 */
	public CloseReason(Origin origin, String description) {
		this(origin, null, description);
	}

	/**
	 * Returns the reason of a connection that this side closes.
	 * @param code the code that the peer is told
	 * @param reason what the peer is told beside the code; may be empty
	 * @return the reason
	 */
	public static CloseReason local(CloseCode code, String reason) {
		return new CloseReason(Origin.LOCAL, code, "closed here: " + words(code.toString(), reason));
	}

	/**
	 * Returns the reason of a connection that the peer closed with an application error
	 * code.
	 * @param code the number that the peer sent
	 * @param reason the peer's text; may be empty
	 * @return the reason
	 */
	public static CloseReason remote(long code, String reason) {
		CloseCode known = CloseCode.of(code).orElse(null);
		String name = (known != null) ? known.toString() : "code 0x" + Long.toHexString(code);
		return new CloseReason(Origin.REMOTE, known, "closed by the peer: " + words(name, reason));
	}

	/**
	 * Returns the reason of a connection that went silent.
	 * @param description what was waited for, and how long
	 * @return the reason
	 */
	public static CloseReason timedOut(String description) {
		return new CloseReason(Origin.TIMEOUT, description);
	}

	private static String words(String code, String reason) {
		return reason.isEmpty() ? code : code + ", " + reason;
	}

	/**
	 * Returns the status of a call that the end of the connection ended.
	 * @param id the connection
	 * @return {@code UNAVAILABLE}, naming the connection and the reason
	 */
	public Status status(ConnectionId id) {
		return Status.UNAVAILABLE.withDescription("brpc connection " + id + ": " + this.description);
	}

	/**
	 * Who ended a connection.
	 */
	public enum Origin {

		/**
		 * This side.
		 */
		LOCAL,

		/**
		 * The other side.
		 */
		REMOTE,

		/**
		 * Nobody: the path or the peer went silent.
		 */
		TIMEOUT

	}

}
