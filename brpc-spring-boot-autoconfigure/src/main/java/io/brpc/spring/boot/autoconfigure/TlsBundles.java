package io.brpc.spring.boot.autoconfigure;

import java.security.Principal;
import java.util.stream.Stream;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Makes gRPC's credentials out of Boot's SSL bundles. Immutable.
 *
 * @param bundles where the bundles are
 */
record TlsBundles(SslBundles bundles) {

	private static final Principal[] ANY_ISSUER = {};

	/**
	 * Makes a server's credentials.
	 * @param property the property that names the bundle
	 * @param name the bundle's name
	 * @param clientAuth whether clients show a certificate
	 * @return the credentials
	 * @throws SslBundleException if there is no name, no such bundle, or no key in it
	 */
	ServerCredentials forServer(String property, @Nullable String name, ClientAuth clientAuth) {
		if (name == null || name.isBlank()) {
			throw SslBundleException.missing(property);
		}
		SslBundle bundle = bundle(property, name);
		KeyManager[] keys = bundle.getManagers().getKeyManagers();
		if (!hasKey(keys)) {
			throw SslBundleException.withoutKey(property, name);
		}
		return TlsServerCredentials.newBuilder()
			.keyManager(keys)
			.trustManager(bundle.getManagers().getTrustManagers())
			.clientAuth(clientAuth)
			.build();
	}

	/**
	 * Makes a client's credentials.
	 * @param property the property that names the bundle
	 * @param name the bundle's name; null for the JVM's trust store and no key
	 * @return the credentials
	 * @throws SslBundleException if there is no such bundle
	 */
	ChannelCredentials forClient(String property, @Nullable String name) {
		if (name == null || name.isBlank()) {
			return TlsChannelCredentials.create();
		}
		SslBundle bundle = bundle(property, name);
		TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder()
			.trustManager(bundle.getManagers().getTrustManagers());
		KeyManager[] keys = bundle.getManagers().getKeyManagers();
		if (hasKey(keys)) {
			builder.keyManager(keys);
		}
		return builder.build();
	}

	private SslBundle bundle(String property, String name) {
		try {
			return this.bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw SslBundleException.unknown(property, name, ex);
		}
	}

	private static boolean hasKey(KeyManager[] managers) {
		return managers.length > 0 && managers[0] instanceof X509KeyManager keys
				&& Stream.of("EC", "RSA", "EdDSA", "Ed25519", "RSASSA-PSS")
					.anyMatch((type) -> keys.getServerAliases(type, ANY_ISSUER) != null
							|| keys.getClientAliases(type, ANY_ISSUER) != null);
	}

}
