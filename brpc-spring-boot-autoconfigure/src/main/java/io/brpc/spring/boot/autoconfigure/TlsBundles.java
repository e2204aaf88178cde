package io.brpc.spring.boot.autoconfigure;

import java.security.Principal;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Makes gRPC's credentials out of Boot's SSL bundles. Immutable.
 *
 * @param bundles where the bundles are
 */
record TlsBundles(SslBundles bundles) {

	private static final Logger logger = LoggerFactory.getLogger(TlsBundles.class);

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
		return server(property, name, bundle(property, name), clientAuth);
	}

	/**
	 * Calls back with new credentials whenever a server's bundle is updated.
	 * @param property the property that names the bundle
	 * @param name the bundle's name
	 * @param clientAuth whether clients show a certificate
	 * @param user takes the credentials, for connections that come from then on
	 */
	void watchServer(String property, @Nullable String name, ClientAuth clientAuth, Consumer<ServerCredentials> user) {
		watch(name, (bundle) -> user.accept(server(property, String.valueOf(name), bundle, clientAuth)));
	}

	private static ServerCredentials server(String property, String name, SslBundle bundle, ClientAuth clientAuth) {
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
		return client(bundle(property, name));
	}

	/**
	 * Calls back with new credentials whenever a client's bundle is updated.
	 * @param name the bundle's name; null for the JVM's trust store, which never is
	 * @param user takes the credentials, for connections that come from then on
	 */
	void watchClient(@Nullable String name, Consumer<ChannelCredentials> user) {
		watch(name, (bundle) -> user.accept(client(bundle)));
	}

	/**
	 * Whoever updates a bundle is not to suffer from a bundle that is of no use here.
	 */
	private void watch(@Nullable String name, Consumer<SslBundle> user) {
		if (name == null || name.isBlank()) {
			return;
		}
		this.bundles.addBundleUpdateHandler(name, (bundle) -> {
			try {
				user.accept(bundle);
				logger.info("SSL bundle '{}' was updated: new connections use it", name);
			}
			catch (RuntimeException ex) {
				logger.error("SSL bundle '{}' was updated and can't be used; new connections use the one before", name,
						ex);
			}
		});
	}

	private static ChannelCredentials client(SslBundle bundle) {
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
