package io.brpc.spring.boot.autoconfigure;

import java.util.List;

import io.brpc.testing.TestCertificates;
import io.netty.pkitesting.X509Bundle;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The SSL bundles {@code server}, {@code client} and {@code trust}, the last one without
 * a key.
 */
@Configuration(proxyBeanMethods = false)
public class TestBundles {

	@Bean
	SslBundleRegistrar testBundleRegistrar() {
		TestCertificates certificates = TestCertificates.shared();
		return (registry) -> {
			registry.registerBundle("server", bundle(certificates.server()));
			registry.registerBundle("client", bundle(certificates.issue("CN=client", "client.test")));
			registry.registerBundle("trust", SslBundle.of(new PemSslStoreBundle(null, trusted())));
		};
	}

	private static SslBundle bundle(X509Bundle certificate) {
		return SslBundle.of(new PemSslStoreBundle(
				PemSslStore.of(certificate.getCertificatePathList(), certificate.getKeyPair().getPrivate()),
				trusted()));
	}

	private static PemSslStore trusted() {
		return PemSslStore.of(List.of(TestCertificates.shared().authority().getCertificate()), null);
	}

}
