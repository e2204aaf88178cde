package io.brpc.spring.boot.autoconfigure;

import io.brpc.ClientStub;
import io.brpc.ConnectionRegistry;
import io.grpc.stub.AbstractStub;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.StubFactory;

/**
 * Stubs that call the server's clients: {@link ClientStub} by injection or by
 * {@link ClientStubFactory}, and plain ones through the target
 * {@code brpc-client:current}.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, GrpcClientAutoConfiguration.class },
		before = CompositeChannelFactoryAutoConfiguration.class)
@ConditionalOnClass({ StubFactory.class, AbstractStub.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@ConditionalOnBean(ConnectionRegistry.class)
public final class BrpcClientStubAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ClientStubFactory.class)
	SpringClientStubFactory brpcClientStubFactory(ConnectionRegistry connections,
			ObjectProvider<StubFactory<?>> factories) {
		return new SpringClientStubFactory(connections, factories);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@SuppressWarnings("unchecked")
	<C> ClientStub<C> brpcClientStub(InjectionPoint point, SpringClientStubFactory factory) {
		ResolvableType type = (point instanceof DependencyDescriptor dependency) ? dependency.getResolvableType()
				: ResolvableType.forClass(ClientStub.class);
		return (ClientStub<C>) factory.create(type);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcClientAutoConfiguration.class)
	@ConditionalOnBean(GrpcClientProperties.class)
	static class ChannelConfiguration {

		@Bean
		CurrentClientChannelFactory brpcCurrentClientChannelFactory(ConnectionRegistry connections,
				GrpcClientProperties properties, Environment environment) {
			return new CurrentClientChannelFactory(connections, new ChannelTargets(properties, environment));
		}

	}

}
