package io.brpc.spring.boot.autoconfigure;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@code ClientStub<C>} that can't be injected. Stateless.
 */
final class UnusableStubTypeFailureAnalyzer extends AbstractFailureAnalyzer<UnusableStubTypeException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableStubTypeException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()) + where(rootFailure),
				"Name a stub type that the gRPC code generator made, such as "
						+ "ClientStub<NamerGrpc.NamerBlockingStub>, or add a bean of type "
						+ "org.springframework.grpc.client.StubFactory that makes stubs of this type.",
				cause);
	}

	private String where(Throwable rootFailure) {
		@Nullable UnsatisfiedDependencyException dependency = findCause(rootFailure, UnsatisfiedDependencyException.class);
		return (dependency != null && dependency.getInjectionPoint() != null)
				? " It is wanted at: " + dependency.getInjectionPoint().getMember() : "";
	}

}
