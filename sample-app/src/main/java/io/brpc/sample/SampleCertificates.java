package io.brpc.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * Stands for the certificates that a real application has: makes an authority, and with
 * it a server's certificate and a client's, anew with every start. A client in the same
 * process gets its own in memory, one in another process out of files.
 */
@Component
@Profile("server")
class SampleCertificates implements SslBundleRegistrar {

	private final Environment environment;

	private final Path directory;

	SampleCertificates(Environment environment, @Value("${sample.certificates}") Path directory) {
		this.environment = environment;
		this.directory = directory;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		try {
			X509Bundle authority = new CertificateBuilder().ecp256()
				.subject("CN=brpc sample authority")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			X509Bundle server = new CertificateBuilder().ecp256()
				.subject("CN=localhost")
				.addSanDnsName("localhost")
				.buildIssuedBy(authority);
			X509Bundle client = new CertificateBuilder().ecp256()
				.subject("CN=brpc sample client")
				.buildIssuedBy(authority);
			registry.registerBundle("server", bundle(server));
			if (this.environment.acceptsProfiles(Profiles.of("client"))) {
				registry.registerBundle("client", bundle(client));
			}
			else {
				write(client);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException("certificates can't be made", ex);
		}
	}

	private static SslBundle bundle(X509Bundle certificate) {
		PemSslStore own = PemSslStore.of(certificate.getCertificatePathList(), certificate.getKeyPair().getPrivate());
		PemSslStore trusted = PemSslStore.of(List.of(certificate.getRootCertificate()), null);
		return SslBundle.of(new PemSslStoreBundle(own, trusted));
	}

	private void write(X509Bundle client) throws IOException {
		Files.createDirectories(this.directory);
		Files.writeString(this.directory.resolve("client-key.pem"), client.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve("client.pem"), client.getCertificatePathPEM());
		Files.writeString(this.directory.resolve("authority.pem"), client.getRootCertificatePEM());
	}

}
