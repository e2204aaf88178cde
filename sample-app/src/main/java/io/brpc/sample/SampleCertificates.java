package io.brpc.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * Stands for the certificates that a real application has: makes an authority, and with
 * it a server's certificate and the clients'. A client in the same process gets its own
 * in memory, those in other processes out of files. An authority in a file is used again,
 * so that clients know a server that was restarted.
 */
@Component
@Profile("server")
class SampleCertificates implements SslBundleRegistrar {

	private final Environment environment;

	private final Path directory;

	private final List<String> identities;

	SampleCertificates(Environment environment, @Value("${sample.certificates}") Path directory,
			@Value("${sample.identities}") List<String> identities) {
		this.environment = environment;
		this.directory = directory;
		this.identities = identities;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		try {
			boolean files = !this.environment.acceptsProfiles(Profiles.of("client"));
			X509Bundle authority = files ? storedAuthority() : newAuthority();
			registry.registerBundle("server",
					bundle(new CertificateBuilder().ecp256()
						.subject("CN=localhost")
						.addSanDnsName("localhost")
						.buildIssuedBy(authority)));
			registry.registerBundle("client", bundle(client("client", authority)));
			if (files) {
				for (String identity : this.identities) {
					write(identity, client(identity, authority));
				}
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException("certificates can't be made", ex);
		}
	}

	private static X509Bundle newAuthority() throws Exception {
		return new CertificateBuilder().ecp256()
			.subject("CN=brpc sample authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
	}

	private X509Bundle storedAuthority() throws Exception {
		if (!Files.exists(this.directory.resolve("authority-key.pem"))) {
			write("authority", newAuthority());
		}
		X509Certificate certificate = PemContent.load(this.directory.resolve("authority.pem")).getCertificates().get(0);
		KeyPair key = new KeyPair(certificate.getPublicKey(),
				Objects.requireNonNull(PemContent.load(this.directory.resolve("authority-key.pem")).getPrivateKey()));
		return X509Bundle.fromRootCertificateAuthority(certificate, key);
	}

	private static X509Bundle client(String identity, X509Bundle authority) throws Exception {
		return new CertificateBuilder().ecp256().subject("CN=" + identity).buildIssuedBy(authority);
	}

	private static SslBundle bundle(X509Bundle certificate) {
		PemSslStore own = PemSslStore.of(certificate.getCertificatePathList(), certificate.getKeyPair().getPrivate());
		PemSslStore trusted = PemSslStore.of(List.of(certificate.getRootCertificate()), null);
		return SslBundle.of(new PemSslStoreBundle(own, trusted));
	}

	private void write(String name, X509Bundle certificate) throws IOException {
		Files.createDirectories(this.directory);
		Files.writeString(this.directory.resolve(name + "-key.pem"), certificate.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve(name + ".pem"), certificate.getCertificatePathPEM());
	}

}
