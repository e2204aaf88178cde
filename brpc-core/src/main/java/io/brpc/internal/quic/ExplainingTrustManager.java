package io.brpc.internal.quic;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Remembers why a certificate was refused. Netty's engine says only
 * {@code CERTIFICATE_VERIFY_FAILED}; the user needs to know which name or issuer was
 * wrong.
 * <p>
 * Immutable, but for the map, which is safe for use by any thread.
 */
final class ExplainingTrustManager extends X509ExtendedTrustManager {

	private final X509ExtendedTrustManager delegate;

	private final Map<SSLEngine, Throwable> failures;

	private ExplainingTrustManager(X509ExtendedTrustManager delegate, Map<SSLEngine, Throwable> failures) {
		this.delegate = delegate;
		this.failures = failures;
	}

	/**
	 * Makes a trust manager that decides as another one does.
	 * @param managers the first extended one decides
	 * @param failures where to remember refusals; safe for use by any thread
	 * @return the trust manager
	 */
	static ExplainingTrustManager of(List<TrustManager> managers, Map<SSLEngine, Throwable> failures) {
		for (TrustManager manager : managers) {
			if (manager instanceof X509ExtendedTrustManager extended) {
				return new ExplainingTrustManager(extended, failures);
			}
		}
		throw new IllegalArgumentException(
				"no X509ExtendedTrustManager among the trust managers, so host names could not be verified");
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
