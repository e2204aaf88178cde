package io.brpc.spring.boot.autoconfigure;

import io.grpc.Context;
import io.micrometer.context.ContextRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Makes gRPC's context one of those that Micrometer's context propagation carries: into
 * {@code @Async} methods with {@code spring.task.execution.propagate-context}, into
 * Reactor's threads with {@code spring.reactor.context-propagation=auto}, and wherever
 * the application propagates itself.
 */
@AutoConfiguration
@ConditionalOnClass({ Context.class, ContextRegistry.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
public final class BrpcContextPropagationAutoConfiguration {

	// The registry is the JVM's, not this application context's, so nothing is taken out
	// of it when the context closes: another one may rely on it.
	@Lazy(false)
	@Bean
	GrpcContextAccessor brpcGrpcContextAccessor() {
		GrpcContextAccessor accessor = new GrpcContextAccessor();
		ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
		return accessor;
	}

}
