package io.brpc;

import java.io.Serial;
import java.util.Objects;

/**
 * A client is not to connect. It is told the reason with {@link CloseCode#REFUSED}, and
 * its calls end with that reason in their status.
 */
public final class ConnectionRefusedException extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * What the client is told.
	 */
	private final String reason;

	/**
	 * Makes the exception.
	 * @param reason what the client is told; US-ASCII, cut off after 500 characters
	 */
	public ConnectionRefusedException(String reason) {
		super(Objects.requireNonNull(reason, "reason"));
		this.reason = reason;
	}

	/**
	 * Makes the exception of something that went wrong.
	 * @param reason what the client is told; US-ASCII, cut off after 500 characters
	 * @param cause what went wrong, for the server's log alone
	 */
	public ConnectionRefusedException(String reason, Throwable cause) {
		super(Objects.requireNonNull(reason, "reason"), cause);
		this.reason = reason;
	}

	/**
	 * Returns what the client is told.
	 * @return the reason
	 */
	public String reason() {
		return this.reason;
	}

}
