package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * A property that names an SSL bundle doesn't lead to one that will do.
 */
final class SslBundleException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String property;

	private final String action;

	private SslBundleException(String property, String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.property = property;
		this.action = action;
	}

	static SslBundleException missing(String property) {
		return new SslBundleException(property,
				"The brpc server has no SSL bundle: property '" + property + "' is not set.",
				"QUIC is always encrypted. Configure an SSL bundle with the server's certificate and private key, "
						+ "for instance under 'spring.ssl.bundle.pem.server', and set '" + property + "' to its name.",
				null);
	}

	static SslBundleException unknown(String property, String bundle, Throwable cause) {
		return new SslBundleException(property,
				"Property '" + property + "' names the SSL bundle '" + bundle + "', and there is none of that name.",
				"Configure it, for instance under 'spring.ssl.bundle.pem." + bundle + "', or correct '" + property
						+ "'.",
				cause);
	}

	static SslBundleException withoutKey(String property, String bundle) {
		return new SslBundleException(property,
				"Property '" + property + "' names the SSL bundle '" + bundle
						+ "', which has no certificate with a private key.",
				"Give the bundle a key store, for instance with 'spring.ssl.bundle.pem." + bundle
						+ ".keystore.certificate' and '.private-key', or correct '" + property + "'.",
				null);
	}

	String property() {
		return this.property;
	}

	String action() {
		return this.action;
	}

}
