package io.brpc;

import java.io.Serial;

/**
 * The native library that speaks QUIC is not on the class path for this platform, or does
 * not load.
 */
public final class QuicUnavailableException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * The library that is missing.
	 */
	private final String artifact;

	/**
	 * Makes the exception.
	 * @param artifact see {@link #artifact()}
	 * @param cause what the loader said
	 */
	public QuicUnavailableException(String artifact, Throwable cause) {
		super("QUIC is not available on this platform: the native library of " + artifact
				+ " is not on the class path or does not load", cause);
		this.artifact = artifact;
	}

	/**
	 * Returns what to add.
	 * @return Maven coordinates {@code group:artifact:classifier}
	 */
	public String artifact() {
		return this.artifact;
	}

}
