package io.brpc.spring.boot.autoconfigure;

import io.grpc.BindableService;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;

/**
 * Keeps {@link BrpcClientService} beans out of this application's own gRPC servers. There
 * without brpc connections, too, so that such a bean never opens a TCP port.
 */
@AutoConfiguration(beforeName = { "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration",
		"org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration",
		"org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration" })
@ConditionalOnClass({ BindableService.class, GrpcServiceDiscoverer.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@Import(ClientServiceRegistrar.class)
public final class BrpcClientServicesAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(GrpcServiceDiscoverer.class)
	ServerServiceDiscoverer brpcServerServiceDiscoverer(ApplicationContext context) {
		return new ServerServiceDiscoverer(context);
	}

}
