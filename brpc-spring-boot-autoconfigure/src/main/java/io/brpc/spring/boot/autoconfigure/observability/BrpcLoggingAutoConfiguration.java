package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.spring.boot.autoconfigure.BrpcClientAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;
import io.grpc.ServerInterceptor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;

/**
 * The ID of the connection in the log lines of handlers.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class })
@ConditionalOnClass({ ServerInterceptor.class, GlobalServerInterceptor.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "brpc.logging.mdc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BrpcLoggingProperties.class)
@Import(CurrentConnectionConfiguration.class)
@Conditional(BrpcPresentCondition.class)
public final class BrpcLoggingAutoConfiguration {

	/**
	 * Before all others, so that they log with it, too.
	 */
	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	@Bean
	@Order(ORDER)
	@GlobalServerInterceptor
	ConnectionLogContext brpcConnectionLogContext(CurrentConnection current) {
		return new ConnectionLogContext(current);
	}

}
