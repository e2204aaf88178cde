package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.spring.boot.autoconfigure.BrpcClientAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

/**
 * Tells the directions of calls apart in the observations that Boot makes of them.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({ ObservationRegistry.class, ObservationGrpcServerInterceptor.class })
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@Import(CurrentConnectionConfiguration.class)
@Conditional(BrpcPresentCondition.class)
public final class BrpcObservationAutoConfiguration {

	@Bean
	CallDirectionHandler brpcCallDirectionHandler(CurrentConnection current) {
		return new CallDirectionHandler(current);
	}

}
