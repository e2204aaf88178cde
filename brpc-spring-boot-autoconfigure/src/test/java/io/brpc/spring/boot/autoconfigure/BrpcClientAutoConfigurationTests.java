package io.brpc.spring.boot.autoconfigure;

import java.util.List;

import io.brpc.client.BrpcClient;
import io.brpc.testing.proto.NamerGrpc;
import io.grpc.BindableService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.CompositeGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class BrpcClientAutoConfigurationTests {

	@Test
	void thereIsNoClientWithoutAConnection() {
		ContextRunners.empty()
			.run((context) -> assertThat(context).doesNotHaveBean(BrpcClients.class)
				.doesNotHaveBean(BrpcClient.class)
				.doesNotHaveBean(BrpcGrpcChannelFactory.class));
	}

	@Test
	void thereIsNoClientIfBrpcIsOff() {
		ContextRunners.client()
			.withPropertyValues("brpc.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BrpcClients.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { BrpcClient.class, GrpcServiceConfigurer.class })
	void thereIsNoClientWithoutItsClasses(Class<?> missing) {
		ContextRunners.client()
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("brpcClients"));
	}

	@Test
	void aClientApplicationWithServicesHasNoGrpcServer() {
		ContextRunners.client()
			.withUserConfiguration(ClientServicesConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(BrpcClients.class)
				.doesNotHaveBean(GrpcServerFactory.class)
				.doesNotHaveBean("grpcServerHealthService")
				.doesNotHaveBean("grpcServerReflectionService"));
	}

	@Test
	void clientServicesOpenNoPortWithoutAnyConnectionEither() {
		ContextRunners.empty()
			.withUserConfiguration(ClientServicesConfiguration.class)
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcServerFactory.class));
	}

	@Test
	void injectionByTypePassesClientServicesOver() {
		ContextRunners.client()
			.withUserConfiguration(ClientServicesConfiguration.class)
			.run((context) -> assertThat(context.getAutowireCapableBeanFactory().createBean(Services.class).services)
				.isEmpty());
	}

	@Test
	void theOnlyClientIsABean() {
		ContextRunners.client()
			.run((context) -> assertThat(context.getBean(BrpcClient.class))
				.isSameAs(context.getBean(BrpcClients.class).get("default")));
	}

	@Test
	void ofSeveralClientsTheOneNamedDefaultIsABean() {
		ContextRunners.client()
			.withPropertyValues("brpc.client.connection.other.address=localhost:9444",
					"brpc.client.connection.other.auto-connect=false")
			.run((context) -> {
				BrpcClients clients = context.getBean(BrpcClients.class);
				assertThat(clients.names()).containsExactlyInAnyOrder("default", "other");
				assertThat(context.getBean(BrpcClient.class)).isSameAs(clients.get("default"))
					.isNotSameAs(clients.get("other"));
			});
	}

	@Test
	void ofSeveralClientsNoneIsPickedAtRandom() {
		ContextRunners.empty()
			.withPropertyValues("brpc.client.connection.a.address=localhost:1",
					"brpc.client.connection.a.auto-connect=false", "brpc.client.connection.b.address=localhost:2",
					"brpc.client.connection.b.auto-connect=false")
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(BrpcClients.class).get())
				.withMessageContaining("inject BrpcClients"));
	}

	@Test
	void anUnknownConnectionIsRefusedByName() {
		ContextRunners.client().run((context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(BrpcClients.class).get("nowhere"))
				.withMessageContaining("brpc.client.connection.nowhere");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(GrpcChannelFactory.class).createChannel("brpc:nowhere"))
				.withMessageContaining("brpc.client.connection.nowhere");
		});
	}

	@Test
	void bootsChannelFactoriesStayBesideOurs() {
		ContextRunners.client().run((context) -> {
			GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
			assertThat(factory).isInstanceOf(CompositeGrpcChannelFactory.class);
			assertThat(context.getBean(BrpcGrpcChannelFactory.class).supports("localhost:9090")).isFalse();
			assertThat(factory.supports("localhost:9090")).isTrue();
			assertThat(factory.supports("brpc:default")).isTrue();
		});
	}

	@Test
	void clientsWorkWhereBootsGrpcClientIsOff() {
		ContextRunners.client()
			.withPropertyValues("spring.grpc.client.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(BrpcClients.class)
				.doesNotHaveBean(GrpcChannelFactory.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "scanned", "made", NamerGrpc.SERVICE_NAME })
	void servicesAreSelectedByBeanNameOrServiceName(String name) {
		services(name).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void anUnknownServiceIsRefusedByName() {
		services("nothing").run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidConfigurationPropertyValueException.class)
			.hasMessageContaining("brpc.client.connection.default.services")
			.hasMessageContaining("nothing"));
	}

	private static ApplicationContextRunner services(String name) {
		return ContextRunners.client()
			.withUserConfiguration(ClientServicesConfiguration.class)
			.withPropertyValues("brpc.client.connection.default.services=" + name);
	}

	@Configuration(proxyBeanMethods = false)
	static class ClientServicesConfiguration {

		@Bean
		@BrpcClientService
		NamerService made() {
			return new NamerService("made");
		}

		@Bean
		AnnotatedService scanned() {
			return new AnnotatedService();
		}

	}

	@BrpcClientService
	static class AnnotatedService extends ExerciseService {

	}

	@Component
	static class Services {

		private final List<BindableService> services;

		Services(List<BindableService> services) {
			this.services = services;
		}

	}

}
