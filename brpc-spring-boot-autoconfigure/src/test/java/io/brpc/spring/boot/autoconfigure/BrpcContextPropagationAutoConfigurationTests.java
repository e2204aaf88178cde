package io.brpc.spring.boot.autoconfigure;

import io.grpc.Context;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class BrpcContextPropagationAutoConfigurationTests {

	private static final Context.Key<String> KEY = Context.key("test");

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BrpcContextPropagationAutoConfiguration.class));

	@BeforeEach
	@AfterEach
	void forget() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(GrpcContextAccessor.KEY);
	}

	@Test
	void aSnapshotCarriesTheContextAndRestoresWhatWasThere() {
		this.application.withPropertyValues("spring.main.lazy-initialization=true").run((context) -> {
			ContextSnapshot[] snapshot = new ContextSnapshot[1];
			Context.current()
				.withValue(KEY, "captured")
				.run(() -> snapshot[0] = ContextSnapshotFactory.builder().build().captureAll());
			Context.current().withValue(KEY, "before").run(() -> {
				try (ContextSnapshot.Scope scope = snapshot[0].setThreadLocals()) {
					assertThat(KEY.get()).isEqualTo("captured");
				}
				assertThat(KEY.get()).isEqualTo("before");
			});
			assertThat(KEY.get()).isNull();
		});
	}

	@Test
	void aSnapshotTakenOutsideACallClearsTheContextIfItIsToldTo() {
		this.application.run((context) -> {
			ContextSnapshotFactory factory = ContextSnapshotFactory.builder().clearMissing(true).build();
			ContextSnapshot snapshot = factory.captureAll();
			Context.current().withValue(KEY, "before").run(() -> {
				try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
					assertThat(KEY.get()).isNull();
				}
				assertThat(KEY.get()).isEqualTo("before");
			});
		});
	}

	@Test
	void nothingIsRegisteredIfBrpcIsOff() {
		this.application.withPropertyValues("brpc.enabled=false")
			.run((context) -> assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
				.noneMatch(GrpcContextAccessor.class::isInstance));
	}

	@Test
	void nothingIsMissedWithoutMicrometersLibrary() {
		this.application.withClassLoader(new FilteredClassLoader(ContextRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("brpcGrpcContextAccessor"));
	}

}
