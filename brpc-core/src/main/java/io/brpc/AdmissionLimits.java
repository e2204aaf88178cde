package io.brpc;

/**
 * How many connections a server takes. One too many is refused with
 * {@link CloseCode#REFUSED} and the limit in words, which the client's calls show.
 * <p>
 * Immutable.
 *
 * @param maxConnections in total
 * @param maxConnectionsPerAddress from one IP address; clients behind one NAT share it
 * @param maxHandshakes how many may be in their handshake; more wait for their packets to
 * be sent again
 */
public record AdmissionLimits(int maxConnections, int maxConnectionsPerAddress, int maxHandshakes) {

	private static final AdmissionLimits DEFAULTS = new AdmissionLimits(10_000, 1_000, 1_000);

	public AdmissionLimits {
		CallLimits.requirePositive("maxConnections", maxConnections);
		CallLimits.requirePositive("maxConnectionsPerAddress", maxConnectionsPerAddress);
		CallLimits.requirePositive("maxHandshakes", maxHandshakes);
	}

	/**
	 * Returns the defaults: 10,000 connections, 1,000 per address, 1,000 handshakes.
	 * @return the defaults
	 */
	public static AdmissionLimits defaults() {
		return DEFAULTS;
	}

}
