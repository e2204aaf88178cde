package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;

/**
 * The server can't listen on its UDP address.
 */
final class UdpPortException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final int port;

	UdpPortException(InetSocketAddress address, IOException cause) {
		super("The brpc server can't listen on UDP port " + address.getPort() + " of "
				+ address.getAddress().getHostAddress() + ": " + cause.getMessage(), cause);
		this.port = address.getPort();
	}

	int port() {
		return this.port;
	}

}
