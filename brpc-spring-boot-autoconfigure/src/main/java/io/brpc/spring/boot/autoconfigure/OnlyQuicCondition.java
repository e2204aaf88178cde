package io.brpc.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless the user asks for gRPC over TCP beside QUIC. Stateless.
 */
final class OnlyQuicCondition extends SpringBootCondition {

	private static final String TCP_PORT = "spring.grpc.server.port";

	private static final String TCP_ENABLED = "spring.grpc.server.factory.enabled";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition("brpc over QUIC alone");
		if (environment.containsProperty(TCP_PORT)) {
			return ConditionOutcome.noMatch(message.because(TCP_PORT + " is set"));
		}
		if (environment.getProperty(TCP_ENABLED, Boolean.class, false)) {
			return ConditionOutcome.noMatch(message.because(TCP_ENABLED + " is true"));
		}
		return ConditionOutcome.match(message.because("neither " + TCP_PORT + " nor " + TCP_ENABLED + " asks for TCP"));
	}

}
