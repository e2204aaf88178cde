package io.brpc.internal.quic;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Remembers why a certificate was refused. Netty's engine says only
 * {@code CERTIFICATE_VERIFY_FAILED}; the user needs to know which name or issuer was
 * wrong.
 * <p>
 * Guarded by the map's own lock.
 */
final class ExplainingTrustManager extends X509ExtendedTrustManager {

	private final X509ExtendedTrustManager delegate;

	private final Map<SSLEngine, Throwable> failures = Collections.synchronizedMap(new WeakHashMap<>());

	private ExplainingTrustManager(X509ExtendedTrustManager delegate) {
		this.delegate = delegate;
	}

	static ExplainingTrustManager of(List<TrustManager> managers) {
		for (TrustManager manager : managers) {
			if (manager instanceof X509ExtendedTrustManager extended) {
				return new ExplainingTrustManager(extended);
			}
		}
		throw new IllegalArgumentException(
				"no X509ExtendedTrustManager among the trust managers, so host names could not be verified");
	}

	@Nullable Throwable failure(SSLEngine engine) {
		return this.failures.get(engine);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		try {
			this.delegate.checkServerTrusted(chain, authType, engine);
		}
		catch (CertificateException | RuntimeException ex) {
			this.failures.put(engine, ex);
			throw ex;
		}
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		try {
			this.delegate.checkClientTrusted(chain, authType, engine);
		}
		catch (CertificateException | RuntimeException ex) {
			this.failures.put(engine, ex);
			throw ex;
		}
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		this.delegate.checkServerTrusted(chain, authType, socket);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		this.delegate.checkClientTrusted(chain, authType, socket);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		throw new CertificateException("without an engine there is no host name to verify");
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		this.delegate.checkClientTrusted(chain, authType);
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.delegate.getAcceptedIssuers();
	}

}
