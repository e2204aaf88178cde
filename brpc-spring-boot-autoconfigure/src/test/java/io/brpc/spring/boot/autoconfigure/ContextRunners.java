package io.brpc.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Contexts with the auto-configurations of brpc and of Boot's gRPC. Not instantiable.
 */
public final class ContextRunners {

	private ContextRunners() {
	}

	/**
	 * Returns a context without any property.
	 * @return the runner
	 */
	public static ApplicationContextRunner empty() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcServerAutoConfiguration.class,
					GrpcServerServicesAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, BrpcServerFactoryAutoConfiguration.class,
					BrpcServerAutoConfiguration.class, BrpcClientStubAutoConfiguration.class,
					BrpcClientServicesAutoConfiguration.class, BrpcClientAutoConfiguration.class))
			.withUserConfiguration(TestBundles.class);
	}

	/**
	 * Returns a context with a server on a free port.
	 * @return the runner
	 */
	public static ApplicationContextRunner server() {
		return empty().withPropertyValues("brpc.server.enabled=true", "brpc.server.port=0",
				"brpc.server.ssl.bundle=server");
	}

	/**
	 * Returns a context with a client that does not connect by itself.
	 * @return the runner
	 */
	public static ApplicationContextRunner client() {
		return empty().withPropertyValues("brpc.client.connection.default.address=localhost:9443",
				"brpc.client.connection.default.ssl.bundle=client",
				"brpc.client.connection.default.auto-connect=false");
	}

}
