package io.brpc.spring.boot.autoconfigure.observability;

import java.util.ArrayList;
import java.util.List;

import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcClientAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcClientProperties;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Meters of the connections of the server and of the clients.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({ MeterRegistry.class, MeterBinder.class })
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "brpc.metrics.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BrpcMetricsProperties.class)
@Conditional(BrpcPresentCondition.class)
public final class BrpcMetricsAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(BrpcServer.class)
	static class ServerConfiguration {

		@Bean
		BrpcServerMeters brpcServerMeters() {
			return new BrpcServerMeters();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean({ BrpcClients.class, BrpcClientProperties.class })
	static class ClientConfiguration {

		@Bean
		BrpcClientMeters brpcClientMeters(BrpcClientProperties properties) {
			return new BrpcClientMeters(properties.connection().keySet());
		}

	}

	@Bean
	ConnectionSampler brpcConnectionSampler(ObjectProvider<BrpcServerMeters> server,
			ObjectProvider<BrpcClientMeters> clients, BrpcMetricsProperties properties) {
		List<ConnectionMeters> meters = new ArrayList<>();
		server.ifAvailable((found) -> meters.add(found.connections()));
		clients.ifAvailable((found) -> meters.addAll(found.connections()));
		return new ConnectionSampler(meters, properties.sampleInterval());
	}

}
