package io.brpc.internal.quic;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
 * Immutable.
 */
public final class QuicTls {

	private static final char[] NO_PASSWORD = {};

	private final QuicSslContext context;

	private final ExplainingTrustManager trust;

	private QuicTls(QuicSslContext context, ExplainingTrustManager trust) {
		this.context = context;
		this.trust = trust;
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
		ExplainingTrustManager trust = trustManager(tls.getTrustManagers(), tls.getRootCertificates());
		return new QuicTls(QuicSslContextBuilder.forServer(keys, null)
			.trustManager(trust)
			.clientAuth(switch (tls.getClientAuth()) {
				case NONE -> ClientAuth.NONE;
				case OPTIONAL -> ClientAuth.OPTIONAL;
				case REQUIRE -> ClientAuth.REQUIRE;
			})
			.applicationProtocols(protocols.toArray(String[]::new))
			.build(), trust);
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
		if (!(credentials instanceof TlsChannelCredentials tls)) {
			throw new IllegalArgumentException(
					"QUIC needs TlsChannelCredentials, not " + credentials.getClass().getSimpleName());
		}
		requireUnderstood(tls.incomprehensible(
				EnumSet.of(TlsChannelCredentials.Feature.MTLS, TlsChannelCredentials.Feature.CUSTOM_MANAGERS)));
		KeyManager keys = keyManager(tls.getKeyManagers(), tls.getCertificateChain(), tls.getPrivateKey(),
				tls.getPrivateKeyPassword());
		ExplainingTrustManager trust = trustManager(tls.getTrustManagers(), tls.getRootCertificates());
		QuicSslContextBuilder builder = QuicSslContextBuilder.forClient()
			.trustManager(trust)
			.endpointIdentificationAlgorithm("HTTPS")
			.applicationProtocols(protocols.toArray(String[]::new));
		if (keys != null) {
			builder.keyManager(keys, null);
		}
		return new QuicTls(builder.build(), trust);
	}

	QuicSslContext context() {
		return this.context;
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
		return (engine != null) ? this.trust.failure(engine) : null;
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

	private static ExplainingTrustManager trustManager(@Nullable List<TrustManager> managers, byte @Nullable [] roots) {
		if (managers != null) {
			return ExplainingTrustManager.of(managers);
		}
		try {
			TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			factory.init((roots != null) ? storeOf(roots) : null);
			return ExplainingTrustManager.of(Arrays.asList(factory.getTrustManagers()));
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
