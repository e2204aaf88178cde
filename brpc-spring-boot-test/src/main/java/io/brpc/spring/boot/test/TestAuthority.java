package io.brpc.spring.boot.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of this JVM, which makes the certificates of tests. Immutable.
 */
final class TestAuthority {

	private static final TestAuthority SHARED = new TestAuthority();

	private final X509Bundle authority;

	private final X509Bundle server;

	private TestAuthority() {
		try {
			this.authority = new CertificateBuilder().ecp256()
				.subject("CN=brpc test authority " + UUID.randomUUID())
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			this.server = new CertificateBuilder().ecp256()
				.subject("CN=localhost")
				.addSanDnsName("localhost")
				.addSanIpAddress("127.0.0.1")
				.addSanIpAddress("::1")
				.buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException("certificates can't be made", ex);
		}
	}

	static TestAuthority shared() {
		return SHARED;
	}

	/**
	 * Returns the certificate of a server on this machine.
	 * @return the certificate and its key
	 */
	X509Bundle server() {
		return this.server;
	}

	/**
	 * Issues the certificate of a client.
	 * @param name its common name
	 * @return the certificate and its key
	 */
	X509Bundle client(String name) {
		try {
			return new CertificateBuilder().ecp256().subject("CN=" + name).buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException("the certificate of " + name + " can't be made", ex);
		}
	}

	/**
	 * Returns the credentials of a client.
	 * @param name the common name of the certificate that it shows; null for none
	 * @return the credentials, which trust the server of this authority
	 */
	ChannelCredentials credentials(@Nullable String name) {
		try {
			TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder()
				.trustManager(pem(this.authority.getCertificatePEM()));
			if (name != null) {
				X509Bundle client = client(name);
				builder.keyManager(pem(client.getCertificatePathPEM()), pem(client.getPrivateKeyPEM()));
			}
			return builder.build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static InputStream pem(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
	}

}
