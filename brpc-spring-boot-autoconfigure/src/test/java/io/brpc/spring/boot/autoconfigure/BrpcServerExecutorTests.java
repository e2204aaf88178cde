package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import org.junit.jupiter.api.Test;

import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

import static org.assertj.core.api.Assertions.assertThat;

class BrpcServerExecutorTests {

	@Test
	void handlersRunOnTheExecutorOfTheProviderBean() {
		ContextRunners.server()
			.withUserConfiguration(ExecutorConfiguration.class)
			.withPropertyValues("brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=client")
			.run((context) -> {
				ExerciseGrpc.newBlockingStub(context.getBean(GrpcChannelFactory.class).createChannel("brpc:default"))
					.withDeadlineAfter(20, TimeUnit.SECONDS)
					.unary(Payload.getDefaultInstance());
				assertThat(context.getBean(ExecutorConfiguration.class).tasks).hasPositiveValue();
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class ExecutorConfiguration {

		private final AtomicInteger tasks = new AtomicInteger();

		@Bean
		GrpcServerExecutorProvider counting() {
			Executor executor = (task) -> {
				this.tasks.incrementAndGet();
				new Thread(task, "counted").start();
			};
			return () -> executor;
		}

		@Bean
		ExerciseService exercise() {
			return new ExerciseService();
		}

	}

}
