package io.brpc.internal.quic;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.CertificateUtils;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.ssl.ClientAuth;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 for QUIC out of gRPC's credentials. QUIC has no plaintext, so only TLS
 * credentials will do. No 0-RTT. A client verifies the server's host name.
 * <p>
 * Credentials can be replaced. That makes a new TLS context rather than exchange what is
 * in the old one, which names the accepted issuers once and for all, and whose sessions,
 * when they are resumed, would outlive the certificates that they were checked with.
 * <p>
 * Safe for use by any thread.
 */
public final class QuicTls {

	private static final char[] NO_PASSWORD = {};

	private final Map<SSLEngine, Throwable> failures = Collections.synchronizedMap(new WeakHashMap<>());

	private final List<String> protocols;

	private volatile QuicSslContext context;

	private QuicTls(ServerCredentials credentials, List<String> protocols) {
		this.protocols = protocols;
		this.context = serverContext(credentials, protocols, this.failures);
	}

	private QuicTls(ChannelCredentials credentials, List<String> protocols) {
		this.protocols = protocols;
		this.context = clientContext(credentials, protocols, this.failures);
	}

	/**
	 * Prepares a server's side.
	 * @param credentials key material, and trust material if clients may or must show a
	 * certificate; without trust material the JVM's trust store decides
	 * @param protocols ALPN protocol names, the preferred one first
	 * @return the server's TLS
	 * @throws IllegalArgumentException if the credentials are not TLS or can't be read
	 * @throws io.brpc.QuicUnavailableException if there is no QUIC on this platform
	 */
	public static QuicTls forServer(ServerCredentials credentials, List<String> protocols) {
		QuicNative.require();
		return new QuicTls(credentials, protocols);
	}

	/**
	 * Replaces a server's credentials, for handshakes that begin from now on.
	 * @param credentials see {@link #forServer}
	 * @throws IllegalArgumentException if the credentials are not TLS or can't be read;
	 * those before stay
	 */
	public void replace(ServerCredentials credentials) {
		this.context = serverContext(credentials, this.protocols, this.failures);
	}

	private static QuicSslContext serverContext(ServerCredentials credentials, List<String> protocols,
			Map<SSLEngine, Throwable> failures) {
		if (!(credentials instanceof TlsServerCredentials tls)) {
			throw new IllegalArgumentException(
					"QUIC needs TlsServerCredentials, not " + credentials.getClass().getSimpleName());
		}
		requireUnderstood(tls.incomprehensible(
				EnumSet.of(TlsServerCredentials.Feature.MTLS, TlsServerCredentials.Feature.CUSTOM_MANAGERS)));
		KeyManager keys = keyManager(tls.getKeyManagers(), tls.getCertificateChain(), tls.getPrivateKey(),
				tls.getPrivateKeyPassword());
		if (keys == null) {
			throw new IllegalArgumentException("a QUIC server needs a certificate and its private key");
		}
		return QuicSslContextBuilder.forServer(keys, null)
			.trustManager(trustManager(tls.getTrustManagers(), tls.getRootCertificates(), failures))
			.clientAuth(switch (tls.getClientAuth()) {
				case NONE -> ClientAuth.NONE;
				case OPTIONAL -> ClientAuth.OPTIONAL;
				case REQUIRE -> ClientAuth.REQUIRE;
			})
			.applicationProtocols(protocols.toArray(String[]::new))
			.build();
	}

	/**
	 * Prepares a client's side.
	 * @param credentials trust material, without which the JVM's trust store decides, and
	 * key material if the client is to show a certificate
	 * @param protocols ALPN protocol names, the preferred one first
	 * @return the client's TLS
	 * @throws IllegalArgumentException if the credentials are not TLS or can't be read
	 * @throws io.brpc.QuicUnavailableException if there is no QUIC on this platform
	 */
	public static QuicTls forClient(ChannelCredentials credentials, List<String> protocols) {
		QuicNative.require();
		return new QuicTls(credentials, protocols);
	}

	/**
	 * Replaces a client's credentials, for handshakes that begin from now on.
	 * @param credentials see {@link #forClient}
	 * @throws IllegalArgumentException if the credentials are not TLS or can't be read;
	 * those before stay
	 */
	public void replace(ChannelCredentials credentials) {
		this.context = clientContext(credentials, this.protocols, this.failures);
	}

	private static QuicSslContext clientContext(ChannelCredentials credentials, List<String> protocols,
			Map<SSLEngine, Throwable> failures) {
		if (!(credentials instanceof TlsChannelCredentials tls)) {
			throw new IllegalArgumentException(
					"QUIC needs TlsChannelCredentials, not " + credentials.getClass().getSimpleName());
		}
		requireUnderstood(tls.incomprehensible(
				EnumSet.of(TlsChannelCredentials.Feature.MTLS, TlsChannelCredentials.Feature.CUSTOM_MANAGERS)));
		KeyManager keys = keyManager(tls.getKeyManagers(), tls.getCertificateChain(), tls.getPrivateKey(),
				tls.getPrivateKeyPassword());
		QuicSslContextBuilder builder = QuicSslContextBuilder.forClient()
			.trustManager(trustManager(tls.getTrustManagers(), tls.getRootCertificates(), failures))
			.endpointIdentificationAlgorithm("HTTPS")
			.applicationProtocols(protocols.toArray(String[]::new));
		if (keys != null) {
			builder.keyManager(keys, null);
		}
		return builder.build();
	}

	/**
	 * Returns what this end offers.
	 * @return ALPN protocol names, the preferred one first
	 */
	List<String> protocols() {
		return this.protocols;
	}

	/**
	 * Makes the engine of a connection to a server.
	 * @param channel the connection
	 * @return the engine
	 */
	QuicSslEngine newEngine(QuicChannel channel) {
		return this.context.newEngine(channel.alloc());
	}

	/**
	 * Makes the engine of a client's connection.
	 * @param channel the connection
	 * @param host the name that the server's certificate has to have
	 * @param port the server's port
	 * @return the engine
	 */
	QuicSslEngine newEngine(QuicChannel channel, String host, int port) {
		return this.context.newEngine(channel.alloc(), host, port);
	}

	/**
	 * Returns why the peer's certificate was refused.
	 * @param engine the engine of the connection
	 * @return the trust manager's own exception, or null if it refused nothing
	 */
	@Nullable Throwable certificateFailure(@Nullable SSLEngine engine) {
		return (engine != null) ? this.failures.get(engine) : null;
	}

	private static void requireUnderstood(Set<?> incomprehensible) {
		if (!incomprehensible.isEmpty()) {
			throw new IllegalArgumentException("TLS credentials with features unknown here: " + incomprehensible);
		}
	}

	private static @Nullable KeyManager keyManager(@Nullable List<KeyManager> managers, byte @Nullable [] chain,
			byte @Nullable [] key, @Nullable String password) {
		if (managers != null) {
			return managers.get(0);
		}
		if (chain == null || key == null) {
			return null;
		}
		if (password != null) {
			throw new IllegalArgumentException("an encrypted private key: decrypt it, or pass a KeyManager");
		}
		try {
			PrivateKey privateKey = CertificateUtils.getPrivateKey(new ByteArrayInputStream(key));
			X509Certificate[] certificates = CertificateUtils.getX509Certificates(new ByteArrayInputStream(chain));
			KeyStore store = emptyStore();
			store.setKeyEntry("key", privateKey, NO_PASSWORD, certificates);
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(store, NO_PASSWORD);
			return factory.getKeyManagers()[0];
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalArgumentException("certificate or private key can't be read: " + ex.getMessage(), ex);
		}
	}

	private static ExplainingTrustManager trustManager(@Nullable List<TrustManager> managers, byte @Nullable [] roots,
			Map<SSLEngine, Throwable> failures) {
		if (managers != null) {
			return ExplainingTrustManager.of(managers, failures);
		}
		try {
			TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			factory.init((roots != null) ? storeOf(roots) : null);
			return ExplainingTrustManager.of(Arrays.asList(factory.getTrustManagers()), failures);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalArgumentException("trusted certificates can't be read: " + ex.getMessage(), ex);
		}
	}

	private static KeyStore storeOf(byte[] roots) throws GeneralSecurityException, IOException {
		KeyStore store = emptyStore();
		int count = 0;
		for (X509Certificate certificate : CertificateUtils.getX509Certificates(new ByteArrayInputStream(roots))) {
			store.setCertificateEntry("root" + count++, certificate);
		}
		return store;
	}

	private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		store.load(null, NO_PASSWORD);
		return store;
	}

}
