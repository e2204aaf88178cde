package io.brpc.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import io.brpc.ClientStub;
import io.brpc.ConnectionRegistry;
import io.brpc.server.BrpcServer;
import io.brpc.testing.proto.NamerGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.InProcessGrpcServerFactory;
import org.springframework.grpc.server.NettyGrpcServerFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

class BrpcServerAutoConfigurationTests {

	@Test
	void thereIsNoServerUnlessItIsEnabled() {
		ContextRunners.empty()
			.run((context) -> assertThat(context).doesNotHaveBean(BrpcServer.class)
				.doesNotHaveBean(GrpcServerFactory.class)
				.doesNotHaveBean(ConnectionRegistry.class)
				.doesNotHaveBean(ClientStub.class));
	}

	@Test
	void thereIsNothingIfBrpcIsOff() {
		ContextRunners.server()
			.withPropertyValues("brpc.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(BrpcServer.class)
				.doesNotHaveBean(BrpcGrpcServerFactory.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { BrpcServer.class, GrpcServerFactory.class })
	void thereIsNoServerWithoutItsClasses(Class<?> missing) {
		ContextRunners.server()
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("brpcServer"));
	}

	@Test
	void aServerWithoutServicesListensSoThatItCanCallItsClients() {
		ContextRunners.server().run((context) -> {
			BrpcServer server = context.getBean(BrpcServer.class);
			assertThat(server.getPort()).isPositive();
			assertThat(server.getServices()).isEmpty();
			assertThat(context).hasSingleBean(ClientStubFactory.class);
		});
	}

	@Test
	void theEnvironmentHasTheLocalPort() {
		ContextRunners.server()
			.run((context) -> assertThat(context.getEnvironment().getProperty("local.brpc.server.port", Integer.class))
				.isEqualTo(context.getBean(BrpcServer.class).getPort()));
	}

	@Test
	void theServerListensOnTheAddressThatIsSet() {
		ContextRunners.server()
			.withPropertyValues("brpc.server.address=127.0.0.1")
			.run((context) -> assertThat(context.getBean(BrpcServer.class).getListenSockets()).singleElement()
				.satisfies((address) -> assertThat(((InetSocketAddress) address).getAddress().getHostAddress())
					.isEqualTo("127.0.0.1")));
	}

	@Test
	void eventsTellOfStartAndStop() {
		List<ApplicationEvent> events = new ArrayList<>();
		ContextRunners.server()
			.withBean(ServerEvents.class, () -> new ServerEvents(events))
			.run((context) -> assertThat(events).singleElement()
				.isInstanceOfSatisfying(BrpcServerStartedEvent.class, (event) -> {
					assertThat(event.getServer()).isSameAs(context.getBean(BrpcServer.class));
					assertThat(event.getPort()).isEqualTo(event.getServer().getPort());
				}));
		assertThat(events).last().isInstanceOfSatisfying(BrpcServerStoppedEvent.class, (event) -> {
			assertThat(event.isDrained()).isTrue();
			assertThat(event.getServer().isTerminated()).isTrue();
		});
	}

	@Test
	void servicesAreServedOverQuicAlone() {
		ContextRunners.server().withUserConfiguration(NamerConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(GrpcServerFactory.class)
				.hasSingleBean(BrpcGrpcServerFactory.class)
				.doesNotHaveBean(GrpcServerLifecycle.class);
			assertThat(context.getBean(BrpcServer.class).getServices())
				.extracting((service) -> service.getServiceDescriptor().getName())
				.contains(NamerGrpc.SERVICE_NAME);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.grpc.server.port=0", "spring.grpc.server.factory.enabled=true" })
	void servicesAreServedOverTcpTooIfThatIsAskedFor(String property) {
		ContextRunners.server()
			.withUserConfiguration(NamerConfiguration.class)
			.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BrpcServer.class)
				.hasSingleBean(NettyGrpcServerFactory.class)
				.hasSingleBean(GrpcServerLifecycle.class));
	}

	@Test
	void servicesAreServedInProcessTooIfThatIsAskedFor() {
		ContextRunners.server()
			.withUserConfiguration(NamerConfiguration.class)
			.withPropertyValues("spring.grpc.server.inprocess.name=test")
			.run((context) -> assertThat(context).hasSingleBean(BrpcServer.class)
				.hasSingleBean(InProcessGrpcServerFactory.class)
				.doesNotHaveBean(NettyGrpcServerFactory.class));
	}

	@Test
	void servicesAreServedWhereBootsGrpcServerIsOff() {
		ContextRunners.server()
			.withUserConfiguration(NamerConfiguration.class)
			.withPropertyValues("spring.grpc.server.enabled=false")
			.run((context) -> assertThat(context.getBean(BrpcServer.class).getServices())
				.extracting((service) -> service.getServiceDescriptor().getName())
				.containsExactly(NamerGrpc.SERVICE_NAME));
	}

	@Test
	void customizersChangeTheServer() {
		ContextRunners.server()
			.withBean(BrpcServerBuilderCustomizer.class,
					() -> (builder) -> builder.addService(new NamerService("late")))
			.run((context) -> assertThat(context.getBean(BrpcServer.class).getServices())
				.extracting((service) -> service.getServiceDescriptor().getName())
				.containsExactly(NamerGrpc.SERVICE_NAME));
	}

	record ServerEvents(List<ApplicationEvent> events) {

		@EventListener({ BrpcServerStartedEvent.class, BrpcServerStoppedEvent.class })
		void note(ApplicationEvent event) {
			this.events.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamerConfiguration {

		@Bean
		NamerService namer() {
			return new NamerService("server");
		}

	}

}
