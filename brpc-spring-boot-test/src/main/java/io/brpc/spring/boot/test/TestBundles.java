package io.brpc.spring.boot.test;

import java.util.List;

import io.netty.pkitesting.X509Bundle;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * The SSL bundles of tests, which trust each other and nobody else. Immutable.
 */
final class TestBundles implements SslBundleRegistrar {

	static final String SERVER = "brpc-test-server";

	static final String CLIENT = "brpc-test-client";

	private final TestAuthority authority;

	TestBundles(TestAuthority authority) {
		this.authority = authority;
	}

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		registry.registerBundle(SERVER, bundle(this.authority.server()));
		registry.registerBundle(CLIENT, bundle(this.authority.client(CLIENT)));
	}

	private static SslBundle bundle(X509Bundle certificate) {
		PemSslStore own = PemSslStore.of(certificate.getCertificatePathList(), certificate.getKeyPair().getPrivate());
		PemSslStore trusted = PemSslStore.of(List.of(certificate.getRootCertificate()), null);
		return SslBundle.of(new PemSslStoreBundle(own, trusted));
	}

}
