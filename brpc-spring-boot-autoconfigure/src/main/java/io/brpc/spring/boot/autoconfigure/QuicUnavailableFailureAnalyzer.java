package io.brpc.spring.boot.autoconfigure;

import java.util.Objects;

import io.brpc.QuicUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a native library that is missing. Stateless.
 */
final class QuicUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<QuicUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, QuicUnavailableException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()), "Add the artifact " + cause.artifact()
				+ " in the version of the other Netty artifacts; brpc-spring-boot-starter brings it for Linux, macOS "
				+ "and Windows. If Spring Boot manages your Netty version, set the property 'netty.version' of your "
				+ "build to one whose natives are published, such as 4.2.18.Final. On musl-based images such as Alpine "
				+ "the library does not load: use one with glibc.", cause);
	}

}
