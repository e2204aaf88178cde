package io.brpc.spring.boot.autoconfigure;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a UDP port that is taken, or that this process may not have. Stateless.
 */
final class UdpPortFailureAnalyzer extends AbstractFailureAnalyzer<UdpPortException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UdpPortException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()),
				"Stop the process that listens on UDP port " + cause.port() + ", or set 'brpc.server.port' to another "
						+ "port (0 for any that is free) or 'brpc.server.address' to an address of this machine.",
				cause);
	}

}
