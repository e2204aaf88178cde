package io.brpc;

/**
 * How many connections a server takes. One too many is refused with
 * {@link CloseCode#REFUSED} and the limit in words, which the client's calls show.
 * <p>
 * Immutable.
 *
 * @param maxConnections in total
 * @param maxConnectionsPerAddress from one IP address; clients behind one NAT share it
 * @param maxHandshakes how many may be in their handshake, or with a
 * {@link ConnectionAuthenticator}; more wait for their packets to be sent again
 * @param maxUnverifiedHandshakes how many may be in their handshake without having shown
 * that their address is their own; while there are as many, each further client has to
 * show it first (Retry, RFC 9000, section 8.1.2), which costs it a round trip. Zero asks
 * every client
 */
public record AdmissionLimits(int maxConnections, int maxConnectionsPerAddress, int maxHandshakes,
		int maxUnverifiedHandshakes) {

	private static final AdmissionLimits DEFAULTS = new AdmissionLimits(10_000, 1_000, 1_000, 0);

	/**
	 * Checks the limits.
	 * @throws IllegalArgumentException if one is less than 1, or the one on unverified
	 * handshakes less than 0
	 */
	public AdmissionLimits {
		CallLimits.requirePositive("maxConnections", maxConnections);
		CallLimits.requirePositive("maxConnectionsPerAddress", maxConnectionsPerAddress);
		CallLimits.requirePositive("maxHandshakes", maxHandshakes);
		if (maxUnverifiedHandshakes < 0) {
			throw new IllegalArgumentException(
					"maxUnverifiedHandshakes is " + maxUnverifiedHandshakes + ", at least 0");
		}
	}

	/**
	 * Returns the defaults: 10,000 connections, 1,000 per address, 1,000 handshakes,
	 * every client verified by a Retry.
	 * @return the defaults
	 */
	public static AdmissionLimits defaults() {
		return DEFAULTS;
	}

}
