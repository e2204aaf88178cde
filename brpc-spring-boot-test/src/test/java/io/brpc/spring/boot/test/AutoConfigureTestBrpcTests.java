package io.brpc.spring.boot.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.server.BrpcServer;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreeterGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@SpringBootTest(classes = TestApplication.class,
		properties = { "brpc.server.port=9443", "brpc.server.ssl.bundle=production" })
@AutoConfigureTestBrpc
class AutoConfigureTestBrpcTests {

	@Autowired
	private BrpcTestClients clients;

	@Autowired
	private ConnectionRegistry connections;

	@BeforeEach
	void nobodyIsLeftOfTheLastTest() {
		assertThat(this.connections.all()).isEmpty();
	}

	@Test
	void theServerListensOnAFreePortOfThisMachine(@Autowired BrpcServer server, @LocalBrpcServerPort int port) {
		assertThat(port).isPositive().isNotEqualTo(9443).isEqualTo(server.getPort());
	}

	@Test
	void theServerCallsTheServiceOfTheTest() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		assertThat(greet(client)).isEqualTo("Hello Ada");
	}

	@Test
	void clientsAreTheirOwn() {
		BrpcTestClient ada = this.clients.connect(new TestApplication.NamerService("Ada"));
		BrpcTestClient grace = this.clients.connect(new TestApplication.NamerService("Grace"));
		assertThat(greet(grace)).isEqualTo("Hello Grace");
		assertThat(greet(ada)).isEqualTo("Hello Ada");
		assertThat(this.connections.find(ada.id())).isPresent();
		assertThat(this.connections.all()).hasSize(2);
	}

	@Test
	void aDisconnectedClientIsGoneUntilItReconnects() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		ConnectionId first = client.id();
		client.disconnect();
		assertThat(this.connections.find(first)).isEmpty();
		assertThatIllegalStateException().isThrownBy(client::id);
		assertEnds(client, Duration.ofSeconds(20), Status.Code.UNAVAILABLE);
		client.reconnect();
		assertThat(client.id()).isNotEqualTo(first);
		assertThat(greet(client)).isEqualTo("Hello Ada");
	}

	@Test
	void aDelayedClientAnswersLate() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		client.delay(Duration.ofMillis(400));
		assertEnds(client, Duration.ofMillis(300), Status.Code.DEADLINE_EXCEEDED);
		client.restore();
		assertThat(greet(client)).isEqualTo("Hello Ada");
	}

	@Test
	void aClientThatIsCutOffAnswersNot() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		ConnectionId id = client.id();
		client.cutOff();
		assertEnds(client, Duration.ofMillis(300), Status.Code.DEADLINE_EXCEEDED);
		client.restore();
		assertThat(greet(client)).isEqualTo("Hello Ada");
		assertThat(client.id()).isEqualTo(id);
	}

	@Test
	void theServerKnowsWhenADelayedClientIsClosed() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		client.delay(Duration.ofMillis(400));
		client.close();
		assertThat(this.connections.all()).isEmpty();
	}

	@Test
	void theServerKnowsWhenAClientThatWasCutOffIsClosed() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		client.cutOff();
		client.close();
		assertThat(this.connections.all()).isEmpty();
	}

	@Test
	void aReboundClientKeepsItsConnection() {
		BrpcTestClient client = this.clients.connect(new TestApplication.NamerService("Ada"));
		ConnectionId id = client.id();
		client.rebind();
		assertThat(greet(client)).isEqualTo("Hello Ada");
		assertThat(client.id()).isEqualTo(id);
	}

	@Test
	void aClientThatTheServerDoesNotTakeIsToldWhy() {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.clients.builder().customize((builder) -> builder.serverName("elsewhere")).connect())
			.satisfies((ex) -> assertThat(ex.getStatus().getDescription()).contains("elsewhere"));
	}

	private static String greet(BrpcTestClient client) {
		return greet(client, Duration.ofSeconds(20));
	}

	private static String greet(BrpcTestClient client, Duration deadline) {
		return GreeterGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
			.greet(GreetRequest.getDefaultInstance())
			.getGreeting();
	}

	private static void assertEnds(BrpcTestClient client, Duration deadline, Status.Code code) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> greet(client, deadline))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(code));
	}

}
