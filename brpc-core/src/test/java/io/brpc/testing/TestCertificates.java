package io.brpc.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * A certificate authority, made for the run, with certificates of a server on this
 * machine and of clients. Immutable.
 */
public final class TestCertificates {

	private static final TestCertificates SHARED = new TestCertificates();

	private final X509Bundle authority;

	private final X509Bundle server;

	/**
	 * Makes an authority that nobody else trusts.
	 */
	public TestCertificates() {
		this("CN=brpc test authority " + UUID.randomUUID());
	}

	private TestCertificates(String subject) {
		try {
			this.authority = new CertificateBuilder().ecp256()
				.subject(subject)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			this.server = issue("CN=localhost", "localhost");
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the authority that most tests use.
	 * @return always the same one
	 */
	public static TestCertificates shared() {
		return SHARED;
	}

	/**
	 * Makes an authority of the same name as this one, with another key.
	 * @return the impostor
	 */
	public TestCertificates impostor() {
		return new TestCertificates(this.authority.getCertificate().getSubjectX500Principal().getName());
	}

	/**
	 * Issues a certificate.
	 * @param subject a distinguished name
	 * @param host its DNS name; for {@code localhost}, its addresses too
	 * @return the certificate and its key
	 */
	public X509Bundle issue(String subject, String host) {
		try {
			CertificateBuilder builder = new CertificateBuilder().ecp256().subject(subject).addSanDnsName(host);
			if (host.equals("localhost")) {
				builder.addSanIpAddress("127.0.0.1").addSanIpAddress("::1");
			}
			return builder.buildIssuedBy(this.authority);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	public X509Bundle authority() {
		return this.authority;
	}

	public X509Bundle server() {
		return this.server;
	}

	/**
	 * Returns a server's credentials, without client certificates.
	 * @return the credentials
	 */
	public ServerCredentials serverCredentials() {
		return serverCredentials(ClientAuth.NONE);
	}

	public ServerCredentials serverCredentials(ClientAuth clientAuth) {
		return serverCredentials(this.server, clientAuth);
	}

	public ServerCredentials serverCredentials(X509Bundle server, ClientAuth clientAuth) {
		try {
			return TlsServerCredentials.newBuilder()
				.keyManager(pem(server.getCertificatePathPEM()), pem(server.getPrivateKeyPEM()))
				.trustManager(pem(this.authority.getCertificatePEM()))
				.clientAuth(clientAuth)
				.build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the credentials of a client that shows no certificate.
	 * @return the credentials
	 */
	public ChannelCredentials clientCredentials() {
		try {
			return TlsChannelCredentials.newBuilder().trustManager(pem(this.authority.getCertificatePEM())).build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the credentials of a client that shows a certificate.
	 * @param subject the certificate's distinguished name
	 * @return the credentials
	 */
	public ChannelCredentials clientCredentials(String subject) {
		return clientCredentials(subject, this);
	}

	/**
	 * Returns the credentials of a client that shows a certificate of this authority, and
	 * trusts another one.
	 * @param subject the certificate's distinguished name
	 * @param trusted whose servers the client trusts
	 * @return the credentials
	 */
	public ChannelCredentials clientCredentials(String subject, TestCertificates trusted) {
		try {
			X509Bundle client = issue(subject, "client.test");
			return TlsChannelCredentials.newBuilder()
				.keyManager(pem(client.getCertificatePathPEM()), pem(client.getPrivateKeyPEM()))
				.trustManager(pem(trusted.authority.getCertificatePEM()))
				.build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static InputStream pem(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
	}

}
