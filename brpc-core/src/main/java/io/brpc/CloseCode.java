package io.brpc;

import java.util.Optional;

/**
 * Why an application ended a connection: the error code of the QUIC CONNECTION_CLOSE
 * frame (RFC 9000, section 20.2). The first two are those of the Go library that this
 * wire comes from; the others are ours and stand in a range that it does not use.
 * <p>
 * Every one of them ends the calls in flight with {@code UNAVAILABLE}: none says whether
 * a call has run. {@code docs/status-codes.md} says what to do about each.
 */
public enum CloseCode {

	/**
	 * The connection is no longer needed.
	 */
	NO_ERROR(0x0, "done"),

	/**
	 * The server shuts down.
	 */
	SERVER_SHUTDOWN(0x64, "server is shutting down"),

	/**
	 * The connection was not set up in time.
	 */
	SETUP_TIMEOUT(0xb001, "connection set-up timed out"),

	/**
	 * The unidirectional stream did not carry exactly one connection ID.
	 */
	BAD_CONNECTION_ID(0xb002, "malformed connection ID"),

	/**
	 * The peer opened a stream that the protocol does not have.
	 */
	UNEXPECTED_STREAM(0xb003, "unexpected stream"),

	/**
	 * What arrived on a stream is not the protocol that belongs there.
	 */
	PROTOCOL_ERROR(0xb004, "protocol error"),

	/**
	 * One of the two gRPC streams ended without a drain, so the connection is of no more
	 * use.
	 */
	STREAM_LOST(0xb005, "gRPC stream lost"),

	/**
	 * Calls in flight did not end in the time that a drain allows.
	 */
	DRAIN_TIMEOUT(0xb006, "drain timed out"),

	/**
	 * The server takes no more connections, or none of this client.
	 */
	REFUSED(0xb008, "connection refused"),

	/**
	 * The same client has a newer connection, and the server lets it have but one
	 * ({@link DuplicatePrincipal#REPLACE}).
	 */
	REPLACED(0xb009, "replaced by a newer connection"),

	/**
	 * The other end has stopped to read, and too much waits for it for too long.
	 */
	STALLED(0xb00a, "peer does not read"),

	/**
	 * The other end is heard, but acknowledges nothing: the path is dead in one
	 * direction.
	 */
	UNHEARD(0xb00b, "peer hears nothing"),

	/**
	 * Something unexpected went wrong on this side.
	 */
	INTERNAL_ERROR(0xb007, "internal error");

	private final int code;

	private final String description;

	CloseCode(int code, String description) {
		this.code = code;
		this.description = description;
	}

	/**
	 * Returns the number on the wire.
	 * @return the QUIC application error code
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Returns what the code means, in a few words for a log line or a status.
	 * @return the words
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Finds the constant of a number that a peer sent.
	 * @param code a QUIC application error code
	 * @return the constant, empty for a number that is not one of these
	 */
	public static Optional<CloseCode> of(long code) {
		for (CloseCode candidate : values()) {
			if (candidate.code == code) {
				return Optional.of(candidate);
			}
		}
		return Optional.empty();
	}

	/**
	 * Returns the name and the number.
	 * @return such as {@code SERVER_SHUTDOWN (0x64)}
	 */
	@Override
	public String toString() {
		return name() + " (0x" + Integer.toHexString(this.code) + ")";
	}

}
