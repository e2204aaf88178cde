package io.brpc;

/**
 * What a connection's calls travel as, above QUIC. The two ends agree on one for each
 * connection (ALPN, RFC 7301); calls behave alike on all of them. {@code docs/wire.md}
 * has the bytes.
 */
public enum Wire {

	/**
	 * gRPC's HTTP/2 on two QUIC streams: what the Go library speaks, too, and what there
	 * is between ends of which one does not know {@link #BRPC_2}.
	 */
	BRPC_1("brpc/1"),

	/**
	 * Lean frames, without HTTP/2: what two ends of this library speak, unless one of
	 * them is told otherwise.
	 */
	BRPC_2("brpc/2");

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
	 * Returns the name that is offered in the TLS handshake.
	 * @return {@link #protocol()}
	 */
	@Override
	public String toString() {
		return this.protocol;
	}

}
