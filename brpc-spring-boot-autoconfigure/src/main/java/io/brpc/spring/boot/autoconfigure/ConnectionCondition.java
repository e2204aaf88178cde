package io.brpc.spring.boot.autoconfigure;

import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if there is a {@code brpc.client.connection}. Stateless.
 */
final class ConnectionCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, Object> connections = Binder.get(context.getEnvironment())
			.bind(BrpcClientProperties.CONNECTION_PREFIX, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of());
		ConditionMessage.Builder message = ConditionMessage.forCondition("brpc client connection");
		return connections.isEmpty()
				? ConditionOutcome.noMatch(message.because("there is no " + BrpcClientProperties.CONNECTION_PREFIX))
				: ConditionOutcome.match(message.foundExactly(connections.keySet()));
	}

}
