package io.brpc.spring.boot.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerFactoryCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;

/**
 * The factory of the brpc server. Services are optional: a server without any still
 * listens, so that it can call its clients.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(BrpcGrpcServerFactory.class)
@EnableConfigurationProperties(BrpcServerProperties.class)
class BrpcServerFactoryConfiguration {

	static final String BUNDLE_PROPERTY = "brpc.server.ssl.bundle";

	@Bean
	BrpcGrpcServerFactory brpcGrpcServerFactory(BrpcServerProperties properties, SslBundles bundles,
			ApplicationContext context, ObjectProvider<GrpcServiceDiscoverer> discoverer,
			ObjectProvider<GrpcServiceConfigurer> configurer, ObjectProvider<GrpcServerFactoryCustomizer> customizers) {
		BrpcGrpcServerFactory factory = new BrpcGrpcServerFactory(
				properties.socketAddress(), new TlsBundles(bundles).forServer(BUNDLE_PROPERTY,
						properties.ssl().bundle(), properties.ssl().clientAuth()),
				List.of(new ServerSettings(properties, context)));
		customizers.orderedStream().forEach((customizer) -> customizer.customize(factory));
		discoverer.ifAvailable((services) -> services.findServices()
			.stream()
			.map((service) -> configurer.getObject().configure(service, factory))
			.forEach(factory::addService));
		return factory;
	}

}
