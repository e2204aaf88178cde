package io.brpc.spring.boot.autoconfigure;

import io.brpc.client.BrpcClient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;

/**
 * Clients that dial their servers over QUIC, call them, and serve
 * {@link BrpcClientService} beans to them.
 */
@AutoConfiguration(
		after = { GrpcClientAutoConfiguration.class, SslAutoConfiguration.class, BrpcServerAutoConfiguration.class,
				BrpcClientServicesAutoConfiguration.class },
		afterName = "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration",
		before = CompositeChannelFactoryAutoConfiguration.class)
@ConditionalOnClass({ BrpcClient.class, GrpcServiceConfigurer.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@Conditional(ConnectionCondition.class)
@EnableConfigurationProperties(BrpcClientProperties.class)
@Import({ GrpcServicesConfiguration.class, ConnectionEventsConfiguration.class })
public final class BrpcClientAutoConfiguration {

	@Bean(destroyMethod = "shutdownNow")
	@ConditionalOnMissingBean
	BrpcClients brpcClients(BrpcClientProperties properties, ApplicationContext context, SslBundles bundles,
			ObjectProvider<GrpcServiceConfigurer> configurer) {
		return new BrpcClients(properties.connection().keySet(),
				(name) -> new BrpcClientFactory(context, bundles, new ClientServices(context, configurer.getObject()))
					.create(name, properties.require(name)));
	}

	@Lazy
	@Bean(destroyMethod = "")
	@ConditionalOnMissingBean
	BrpcClient brpcClient(BrpcClients clients) {
		return clients.get();
	}

	@Bean
	BrpcClientLifecycle brpcClientLifecycle(BrpcClients clients, BrpcClientProperties properties,
			ApplicationContext context) {
		boolean serves = context.getBeanNamesForAnnotation(BrpcClientService.class).length > 0;
		return new BrpcClientLifecycle(clients, properties, serves);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcClientAutoConfiguration.class)
	@ConditionalOnBean(ClientInterceptorsConfigurer.class)
	static class ChannelConfiguration {

		@Bean
		@ConditionalOnMissingBean
		BrpcGrpcChannelFactory brpcGrpcChannelFactory(ObjectProvider<BrpcClients> clients,
				BrpcClientProperties connections, GrpcClientProperties channels, Environment environment,
				ClientInterceptorsConfigurer interceptors) {
			return new BrpcGrpcChannelFactory(clients, connections, new ChannelTargets(channels, environment),
					interceptors);
		}

	}

}
