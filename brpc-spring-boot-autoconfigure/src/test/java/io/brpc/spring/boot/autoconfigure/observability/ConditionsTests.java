package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcServerFactoryAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.ContextRunners;
import io.brpc.spring.boot.autoconfigure.TestBundles;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is there, and what is not, when libraries or properties are missing.
 */
class ConditionsTests {

	private static ApplicationContextRunner with(ApplicationContextRunner runner) {
		return runner.withConfiguration(AutoConfigurations.of(BrpcMetricsAutoConfiguration.class,
				BrpcObservationAutoConfiguration.class, BrpcLoggingAutoConfiguration.class,
				BrpcHealthContributorAutoConfiguration.class, BrpcEndpointAutoConfiguration.class));
	}

	private static ApplicationContextRunner server() {
		return with(ContextRunners.server());
	}

	private static ApplicationContextRunner client() {
		return with(ContextRunners.client());
	}

	@Test
	void anApplicationWithoutTheLibrariesStarts() {
		new ApplicationContextRunner().withUserConfiguration(FilteredApplication.class)
			.withPropertyValues("brpc.server.enabled=true", "brpc.server.port=0", "brpc.server.ssl.bundle=server")
			.withClassLoader(new FilteredClassLoader("io.micrometer", "brave", "org.springframework.boot.actuate",
					"org.springframework.boot.health", "org.springframework.boot.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BrpcServer.class)
				.hasSingleBean(ConnectionLogContext.class)
				.doesNotHaveBean(ConnectionHistories.class)
				.doesNotHaveBean("brpcConnectionSampler"));
	}

	@Test
	void anApplicationWithObservationsButWithoutMetersStarts() {
		server().withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("brpcConnectionSampler")
				.doesNotHaveBean("brpcCallDirectionHandler"));
	}

	@Test
	void anApplicationWithoutConnectionsHasNothingOfIt() {
		with(ContextRunners.empty()).withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ConnectionLogContext.class)
				.doesNotHaveBean(ConnectionSampler.class)
				.doesNotHaveBean(CallDirectionHandler.class)
				.doesNotHaveBean(CompositeHealthContributor.class)
				.doesNotHaveBean(BrpcEndpoint.class));
	}

	@Test
	void aServerAloneHasItsMetersAndNoClients() {
		server().withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context).hasSingleBean(ConnectionSampler.class)
				.hasSingleBean(BrpcServerMeters.class)
				.doesNotHaveBean(BrpcClientMeters.class));
	}

	@Test
	void propertiesTurnMetersLogContextAndHealthOff() {
		server().withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("brpc.metrics.enabled=false", "brpc.logging.mdc.enabled=false",
					"management.health.brpc.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ConnectionSampler.class)
				.doesNotHaveBean(BrpcServerMeters.class)
				.doesNotHaveBean(ConnectionLogContext.class)
				.doesNotHaveBean("brpcHealthContributor"));
	}

	@Test
	void theEndpointIsThereOnlyWhereItIsExposed() {
		server().run((context) -> assertThat(context).doesNotHaveBean(BrpcEndpoint.class));
		server().withPropertyValues("management.endpoints.web.exposure.include=brpc")
			.run((context) -> assertThat(context).hasSingleBean(BrpcEndpoint.class)
				.hasSingleBean(BrpcEndpointWebExtension.class));
		server().withPropertyValues("management.endpoints.jmx.exposure.include=brpc", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(BrpcEndpoint.class)
				.doesNotHaveBean(BrpcEndpointWebExtension.class));
		server()
			.withPropertyValues("management.endpoints.web.exposure.include=brpc",
					"management.endpoint.brpc.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(BrpcEndpoint.class));
	}

	@Test
	void anIntervalThatIsTooShortIsRefusedByName() {
		server().withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("brpc.metrics.sample-interval=999ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("brpc.metrics.sample-interval")
				.hasMessageContaining("must be at least 1s"));
	}

	@Test
	void aClientThatHasNotTriedIsNeitherUpNorDown() {
		client().run((context) -> {
			Health health = health(context.getBean(CompositeHealthContributor.class));
			assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health.getDetails()).containsEntry("state", "IDLE").containsEntry("address", "localhost:9443");
		});
	}

	@Test
	void aServerThatIsShutDownIsOutOfService() {
		server().run((context) -> {
			context.getBean(BrpcServer.class).shutdown();
			HealthIndicator server = (HealthIndicator) context.getBean(CompositeHealthContributor.class)
				.getContributor("server");
			assertThat(server.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	private static Health health(CompositeHealthContributor brpc) {
		CompositeHealthContributor clients = (CompositeHealthContributor) brpc.getContributor("client");
		return ((HealthIndicator) clients.getContributor("default")).health();
	}

	/**
	 * Leaves those auto-configurations out whose classes are not there, without so much
	 * as reading them, as Boot does in an application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, GrpcServerAutoConfiguration.class,
			GrpcServerServicesAutoConfiguration.class, BrpcServerFactoryAutoConfiguration.class,
			BrpcServerAutoConfiguration.class, BrpcMetricsAutoConfiguration.class,
			BrpcObservationAutoConfiguration.class, BrpcLoggingAutoConfiguration.class,
			BrpcHealthContributorAutoConfiguration.class, BrpcEndpointAutoConfiguration.class })
	@Import(TestBundles.class)
	static class FilteredApplication {

	}

}
