package io.brpc.spring.boot.autoconfigure.observability;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import java.util.List;
import java.util.Map;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint as it is seen over HTTP and over JMX.
 */
class BrpcEndpointTests extends ObservedApplication {

	@Autowired
	private WebApplicationContext context;

	@Autowired
	private MBeanServer mbeans;

	private MockMvcTester http;

	@BeforeEach
	void http() {
		this.http = MockMvcTester.from(this.context);
	}

	@Test
	void httpShowsTheConnectionsOfBothSides() {
		String id = connection().id().toString();
		assertThat(this.http.get().uri("/actuator/brpc")).hasStatusOk().bodyJson().satisfies((json) -> {
			assertThat(json).extractingPath("$.server.port").isEqualTo(server().getPort());
			assertThat(json).extractingPath("$.server.connections[0].id").isEqualTo(id);
			assertThat(json).extractingPath("$.server.connections[0].principal").isEqualTo("CN=client");
			assertThat(json).extractingPath("$.server.connections[0].wire").isEqualTo("brpc/2");
			assertThat(json).extractingPath("$.clients.default.state").isEqualTo("READY");
			assertThat(json).extractingPath("$.clients.nobody.connection").isNull();
			assertThat(json).extractingPath("$.clients.default.connection.id").isEqualTo(id);
			assertThat(json).extractingPath("$.clients.default.connection.remoteAddress")
				.asString()
				.endsWith(":" + server().getPort());
		});
	}

	@Test
	void httpShowsOneConnectionWithItsFigures() {
		BrpcConnection connection = connection();
		assertThat(this.http.get().uri("/actuator/brpc/" + connection.id())).hasStatusOk()
			.bodyJson()
			.satisfies((json) -> {
				assertThat(json).extractingPath("$.establishedAt").isEqualTo(connection.establishedAt().toString());
				assertThat(json).extractingPath("$.age").asString().startsWith("PT");
				assertThat(json).extractingPath("$.figures.rtt").asString().startsWith("PT");
				assertThat(json).extractingPath("$.figures.packetsLost").isNotNull();
				assertThat(json).extractingPath("$.figures.inboundCalls").isEqualTo(0);
				assertThat(json).extractingPath("$.figures.bytesSent")
					.asNumber()
					.satisfies((bytes) -> assertThat(bytes.longValue()).isPositive());
			});
	}

	@Test
	void httpSaysWhenThereIsNoConnection() {
		String unknown = "/actuator/brpc/" + ConnectionId.random();
		assertThat(this.http.get().uri(unknown)).hasStatus(404);
		assertThat(this.http.delete().uri(unknown)).hasStatus(404);
		assertThat(this.http.get().uri("/actuator/brpc/nonsense")).hasStatus(400);
	}

	@Test
	void httpClosesAConnectionAndSaysHowItEnded() {
		String id = connection().id().toString();
		assertThat(this.http.delete().uri("/actuator/brpc/" + id)).hasStatusOk()
			.bodyJson()
			.extractingPath("$.id")
			.isEqualTo(id);
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(this.http.get().uri("/actuator/brpc/" + id)).hasStatus(404);
			assertThat(this.http.get().uri("/actuator/brpc")).bodyJson().satisfies((json) -> {
				assertThat(json).extractingPath("$.server.ended[?(@.id == '" + id + "')].code")
					.asArray()
					.containsExactly("NO_ERROR");
				assertThat(json).extractingPath("$.server.ended[?(@.id == '" + id + "')].origin")
					.asArray()
					.containsExactly("LOCAL");
				assertThat(json).extractingPath("$.clients.default.ended[?(@.id == '" + id + "')].origin")
					.asArray()
					.containsExactly("REMOTE");
			});
		});
	}

	@Test
	void httpDrainsAConnection() {
		BrpcConnection last = connection();
		assertThat(this.http.delete().uri("/actuator/brpc/" + last.id() + "?drain=true")).hasStatusOk();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(last.closeReason()).hasValueSatisfying(
					(reason) -> assertThat(reason.description()).doesNotContain("closed by an operator")));
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> client().connection().filter((next) -> !next.id().equals(last.id())).isPresent());
	}

	@Test
	void jmxShowsAndClosesConnections() throws Exception {
		ObjectName name = new ObjectName("org.springframework.boot:type=Endpoint,name=Brpc");
		String id = connection().id().toString();
		Map<?, ?> overview = (Map<?, ?>) this.mbeans.invoke(name, "overview", new Object[0], new String[0]);
		Map<?, ?> server = (Map<?, ?>) overview.get("server");
		assertThat((List<?>) server.get("connections")).singleElement()
			.satisfies((connection) -> assertThat(((Map<?, ?>) connection).get("id")).isEqualTo(id));
		String[] signature = { String.class.getName() };
		Map<?, ?> closed = (Map<?, ?>) this.mbeans.invoke(name, "close", new Object[] { id, null },
				new String[] { String.class.getName(), Boolean.class.getName() });
		assertThat(closed.get("id")).isEqualTo(id);
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> this.mbeans.invoke(name, "connection", new Object[] { id }, signature) == null);
	}

}
