package io.brpc;

import java.util.concurrent.TimeUnit;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that speak brpc/2, which only those can choose who work on it.
 */
@ExtendWith(Leaks.class)
class FrameWireTests {

	private static final String SWITCH = "io.brpc.unfinished-wires";

	private static TransportSettings both = TransportSettings.defaults();

	@RegisterExtension
	final Peers peers = new Peers();

	@BeforeAll
	static void switchOn() {
		System.setProperty(SWITCH, "true");
		both = TransportSettings.defaults().withWires(Wire.BRPC_2, Wire.BRPC_1);
	}

	@AfterAll
	static void switchOff() {
		System.clearProperty(SWITCH);
	}

	@Test
	void callsGoBothWays() {
		TestServer server = server();
		TestClient client = client(server);
		BrpcConnection dialed = client.awaitConnection();
		assertThat(dialed.wire()).isEqualTo(Wire.BRPC_2);
		assertThat(server.awaitConnection(dialed.id()).wire()).isEqualTo(Wire.BRPC_2);
		assertAnswers(client.channel());
		assertAnswers(server.channelTo(client));
	}

	@Test
	void aServerThatHasOnlyBrpc1NeverNotices() {
		TestServer server = this.peers.server();
		TestClient client = client(server);
		assertThat(client.awaitConnection().wire()).isEqualTo(Wire.BRPC_1);
		assertAnswers(client.channel());
		assertAnswers(server.channelTo(client));
	}

	@Test
	void aClientThatHasOnlyBrpc1NeverNotices() {
		TestServer server = server();
		TestClient client = this.peers.client(server);
		assertThat(client.awaitConnection().wire()).isEqualTo(Wire.BRPC_1);
		assertAnswers(client.channel());
		assertAnswers(server.channelTo(client));
	}

	@Test
	void theFirstCallConnects() {
		TestServer server = server();
		TestClient client = this.peers.dialing("localhost:" + server.port(),
				(builder) -> builder.transportSettings(both));
		assertAnswers(client.channel());
	}

	@Test
	void aLostConnectionIsReplaced() {
		TestServer server = server();
		TestClient client = client(server);
		BrpcConnection first = client.awaitConnection();
		server.awaitConnection(first.id()).close(CloseCode.NO_ERROR, "lost");
		BrpcConnection second = client.awaitConnectionAfter(first);
		assertThat(second.wire()).isEqualTo(Wire.BRPC_2);
		assertAnswers(client.channel());
	}

	@Test
	void aDrainedConnectionIsReplaced() {
		TestServer server = server();
		TestClient client = client(server);
		BrpcConnection first = client.awaitConnection();
		server.awaitConnection(first.id()).drain();
		client.awaitConnectionAfter(first);
		assertAnswers(client.channel());
		await().atMost(20, TimeUnit.SECONDS).until(() -> first.closeReason().isPresent());
		assertThat(first.closeReason().orElseThrow().code()).isEqualTo(CloseCode.NO_ERROR);
	}

	@Test
	void aClientThatShutsDownSaysWhy() throws Exception {
		TestServer server = server();
		TestClient client = client(server);
		BrpcConnection accepted = server.awaitConnection(client.awaitConnection().id());
		client.close();
		assertThat(client.client().state()).isEqualTo(ConnectivityState.SHUTDOWN);
		await().atMost(20, TimeUnit.SECONDS).until(() -> accepted.closeReason().isPresent());
		assertThat(accepted.closeReason().orElseThrow().code()).isEqualTo(CloseCode.NO_ERROR);
	}

	private TestServer server() {
		return this.peers.server((builder) -> builder.transportSettings(both));
	}

	private TestClient client(TestServer server) {
		return this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService()).transportSettings(both));
	}

	private static void assertAnswers(Channel channel) {
		Payload request = Payload.newBuilder().setText("hello").build();
		assertThat(ExerciseGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).unary(request))
			.isNotNull();
	}

}
