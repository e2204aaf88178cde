package io.brpc.spring.boot.test;

import java.util.concurrent.TimeUnit;

import io.brpc.spring.boot.test.proto.AskRequest;
import io.brpc.spring.boot.test.proto.AskerGrpc;
import io.brpc.spring.boot.test.proto.CoroutineAskerGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StubTests {

	@Nested
	@SpringBootTest(classes = StubApplication.class,
			properties = { "spring.task.execution.propagate-context=true", "spring.reactor.context-propagation=auto" })
	@AutoConfigureTestBrpc
	class WithContextPropagation {

		private BrpcTestClient client;

		@BeforeEach
		void connect(@Autowired BrpcTestClients clients) {
			clients.connect(new StubApplication.NamedService("Grace"));
			this.client = clients.connect(new StubApplication.NamedService("Ada"));
		}

		@ParameterizedTest
		@ValueSource(strings = { "blocking", "blocking-v2", "future", "reactor", "coroutine" })
		void stubsOfEveryFlavourCallTheCurrentClient(String flavour) {
			assertThat(ask(this.client, flavour)).isEqualTo("Ada");
		}

		@ParameterizedTest
		@ValueSource(strings = { "async", "reactor-thread", "context-executor" })
		void theCurrentClientIsKnownOnThreadsThatTheContextIsHandedTo(String thread) {
			assertThat(ask(this.client, thread)).isEqualTo("Ada");
		}

		@Test
		void theCurrentClientIsKnownInCoroutines() {
			assertThat(CoroutineAskerGrpc.newBlockingStub(this.client.channel())
				.withDeadlineAfter(20, TimeUnit.SECONDS)
				.ask(AskRequest.getDefaultInstance())
				.getName()).isEqualTo("Ada");
		}

		@Test
		void nothingIsLeftOnAThreadThatTheContextWasHandedTo() {
			assertThat(ask(this.client, "context-executor")).isEqualTo("Ada");
			assertNoClient(this.client, "other-thread");
		}

	}

	@Nested
	@SpringBootTest(classes = StubApplication.class)
	@AutoConfigureTestBrpc
	class WithoutContextPropagation {

		@ParameterizedTest
		@ValueSource(strings = { "async", "other-thread" })
		void theErrorNamesTheRemedy(String thread, @Autowired BrpcTestClients clients) {
			assertNoClient(clients.connect(new StubApplication.NamedService("Ada")), thread);
		}

	}

	@Nested
	@EnabledForJreRange(min = JRE.JAVA_21)
	@SpringBootTest(classes = StubApplication.class,
			properties = { "spring.threads.virtual.enabled=true", "spring.task.execution.propagate-context=true" })
	@AutoConfigureTestBrpc
	class OnVirtualThreads {

		@ParameterizedTest
		@ValueSource(strings = { "blocking", "coroutine", "reactor", "async" })
		void theCurrentClientIsKnown(String way, @Autowired BrpcTestClients clients) {
			BrpcTestClient client = clients.connect(new StubApplication.NamedService("Ada"));
			assertThat(ask(client, way)).isEqualTo("Ada");
			assertThat(ask(client, "thread")).startsWith("VirtualThread[");
		}

	}

	private static String ask(BrpcTestClient client, String how) {
		return AskerGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.ask(AskRequest.newBuilder().setHow(how).build())
			.getName();
	}

	private static void assertNoClient(BrpcTestClient client, String how) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> ask(client, how)).satisfies((ex) -> {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
			assertThat(ex.getStatus().getDescription()).contains("forConnection(id)", "Context.currentContextExecutor",
					"context propagation");
		});
	}

}
