package io.brpc;

/**
 * What a connection's calls travel as, above QUIC. The two ends agree on one for each
 * connection (ALPN, RFC 7301); calls behave alike on all of them. {@code docs/wire.md}
 * has the bytes.
 */
public enum Wire {

	/**
	 * gRPC's HTTP/2 on two QUIC streams: what the Go library speaks, too.
	 */
	BRPC_1("brpc/1"),

	/**
	 * Lean frames, without HTTP/2. Not finished, so {@link TransportSettings} refuse it.
	 */
	BRPC_2("brpc/2");

	/**
	 * Makes what is not finished usable for those who work on it.
	 */
	private static final String UNFINISHED_PROPERTY = "io.brpc.unfinished-wires";

	private final String protocol;

	Wire(String protocol) {
		this.protocol = protocol;
	}

	/**
	 * Returns the name that is offered in the TLS handshake.
	 * @return an ALPN protocol name, such as {@code brpc/1}
	 */
	public String protocol() {
		return this.protocol;
	}

	/**
	 * Tells whether connections can use it.
	 * @return whether {@link TransportSettings} take it
	 */
	public boolean isAvailable() {
		return this != BRPC_2 || Boolean.getBoolean(UNFINISHED_PROPERTY);
	}

	/**
	 * Returns the name that is offered in the TLS handshake.
	 * @return {@link #protocol()}
	 */
	@Override
	public String toString() {
		return this.protocol;
	}

}
