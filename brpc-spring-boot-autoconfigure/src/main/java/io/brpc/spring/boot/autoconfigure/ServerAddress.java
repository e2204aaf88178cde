package io.brpc.spring.boot.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A server's address as users write it, {@code host:port}. Immutable.
 *
 * @param host a name or an address, without brackets
 * @param port the UDP port
 */
record ServerAddress(String host, int port) {

	private static final int MAX_PORT = 65535;

	/**
	 * Tells whether a property's value may become an address. One with a placeholder may:
	 * the port of a server in the same application is known only when that has started.
	 * @param text the value
	 * @return whether it may
	 */
	static boolean isValid(String text) {
		if (text.contains("${")) {
			return true;
		}
		try {
			parse(text);
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	static ServerAddress parse(String text) {
		try {
			URI uri = new URI("//" + text.trim());
			String host = uri.getHost();
			if (host == null || uri.getPort() < 1 || uri.getPort() > MAX_PORT || !uri.getPath().isEmpty()) {
				throw new IllegalArgumentException("'" + text + "' is not host:port");
			}
			return new ServerAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("'" + text + "' is not host:port", ex);
		}
	}

	@Override
	public String toString() {
		return (this.host.contains(":") ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

}
