package io.brpc.spring.boot.autoconfigure;

import io.brpc.server.BrpcServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.grpc.server.GrpcServerFactory;

/**
 * A server of the application's gRPC services whose clients come over QUIC and can be
 * called back.
 */
@AutoConfiguration(after = { GrpcServerAutoConfiguration.class, SslAutoConfiguration.class },
		beforeName = "org.springframework.boot.grpc.server.autoconfigure.security.GrpcServerSecurityAutoConfiguration")
@ConditionalOnClass({ BrpcServer.class, GrpcServerFactory.class, GrpcServerAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("brpc.server.enabled")
@Import({ GrpcServicesConfiguration.class, BrpcServerFactoryConfiguration.class, ConnectionEventsConfiguration.class })
public final class BrpcServerAutoConfiguration {

	@Bean
	LateConnections brpcConnections() {
		return new LateConnections();
	}

	@Bean(destroyMethod = "shutdownNow")
	BrpcServer brpcServer(BrpcGrpcServerFactory factory, LateConnections connections, BrpcServerProperties properties,
			SslBundles bundles) {
		BrpcServer server = factory.createServer();
		connections.attach(server.connections());
		new TlsBundles(bundles).watchServer(BrpcServerFactoryConfiguration.BUNDLE_PROPERTY, properties.ssl().bundle(),
				properties.ssl().clientAuth(), server::updateCredentials);
		return server;
	}

	@Bean
	BrpcServerLifecycle brpcServerLifecycle(BrpcServer server, BrpcServerProperties properties,
			ApplicationEventPublisher events) {
		return new BrpcServerLifecycle(server, properties, events);
	}

	@Bean
	LocalServerPort brpcLocalServerPort(ConfigurableEnvironment environment) {
		return new LocalServerPort(environment);
	}

	@Bean
	NoClientExceptionHandler brpcNoClientExceptionHandler() {
		return new NoClientExceptionHandler();
	}

}
