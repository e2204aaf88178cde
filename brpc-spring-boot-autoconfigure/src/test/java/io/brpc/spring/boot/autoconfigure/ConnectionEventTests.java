package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that come and go are application events, none too early and none lost.
 */
class ConnectionEventTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final EventLog log = new EventLog();

	@Test
	void bothSidesOfAConnectionArePublishedFromTheBeginningToTheEnd() {
		ContextRunners.server()
			.withBean(EventLog.class, () -> this.log)
			.withPropertyValues("brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=client")
			.run((context) -> {
				await().atMost(PATIENCE).until(() -> this.log.events.size() == 2);
				BrpcConnection accepted = context.getBean(ConnectionRegistry.class).all().iterator().next();
				assertThat(this.log.events)
					.allSatisfy((event) -> assertThat(event).isInstanceOf(BrpcConnectionEstablishedEvent.class));
				assertThat(this.log.ofServer()).singleElement()
					.satisfies((event) -> assertThat(event.getConnection()).isSameAs(accepted));
				assertThat(this.log.of("default")).singleElement()
					.satisfies((event) -> assertThat(event.getConnection().id()).isEqualTo(accepted.id()));
			});
		assertEnded(this.log.ofServer());
		assertEnded(this.log.of("default"));
		assertThat(this.log.events).hasSize(4);
	}

	private static void assertEnded(List<BrpcConnectionEvent> events) {
		assertThat(events).hasSize(2);
		assertThat(events.get(0)).isInstanceOf(BrpcConnectionEstablishedEvent.class);
		assertThat(events.get(1)).isInstanceOfSatisfying(BrpcConnectionClosedEvent.class, (closed) -> {
			assertThat(closed.getReason().code()).isEqualTo(CloseCode.NO_ERROR);
			assertThat(closed.getConnection()).isSameAs(events.get(0).getConnection());
		});
	}

	@Test
	void whatHappensWhileBeansAreMadeIsPublishedWhenListenersAreThere() throws Exception {
		try (TestServer server = new TestServer(
				BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials()), (builder) -> {
				})
			.start()) {
			ApplicationContextRunner early = ContextRunners.empty()
				.withPropertyValues("brpc.client.connection.main.address=localhost:" + server.port(),
						"brpc.client.connection.main.ssl.bundle=client")
				.withBean(EarlyCaller.class)
				.withBean(EventLog.class, () -> this.log);
			early.run((context) -> await().atMost(PATIENCE).until(() -> this.log.of("main").size() == 1));
			assertEnded(this.log.of("main"));
		}
	}

	/**
	 * Does not wait until the application has started.
	 */
	static class EarlyCaller {

		EarlyCaller(BrpcClient client) {
			client.start();
			await().atMost(PATIENCE).until(() -> client.connection().isPresent());
		}

	}

	static class EventLog {

		private final List<BrpcConnectionEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void record(BrpcConnectionEvent event) {
			this.events.add(event);
		}

		List<BrpcConnectionEvent> ofServer() {
			return this.events.stream().filter((event) -> event.getConnectionName() == null).toList();
		}

		List<BrpcConnectionEvent> of(String connectionName) {
			return this.events.stream()
				.filter((event) -> Objects.equals(event.getConnectionName(), connectionName))
				.toList();
		}

	}

}
