package io.brpc.spring.boot.autoconfigure;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains an SSL bundle that is missing, unknown or without a key. Stateless.
 */
final class SslBundleFailureAnalyzer extends AbstractFailureAnalyzer<SslBundleException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SslBundleException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()), cause.action(), cause);
	}

}
