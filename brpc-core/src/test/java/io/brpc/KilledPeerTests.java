package io.brpc;

import java.nio.file.Path;
import java.time.Duration;

import io.brpc.CloseReason.Origin;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.PeerProcess;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers that die without a word in the middle of a call: the idle time-out finds out.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class KilledPeerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aClientThatIsKilledInACallbackIsForgotten(@TempDir Path directory) throws Exception {
		TestServer server = this.peers.server((builder) -> builder.transportSettings(settings()));
		PeerProcess process = this.peers.add(PeerProcess.client(directory, server.port()));
		await().atMost(PATIENCE).until(() -> !server.connections().all().isEmpty());
		BrpcConnection connection = server.connections().all().iterator().next();
		assertThat(connection.wire()).isEqualTo(TestWires.wire());
		Recorder callback = Recorder.reading();
		ExerciseGrpc.newStub(connection.channel()).unary(Payload.getDefaultInstance(), callback);
		process.awaitHandling();
		process.kill();
		assertLost(callback, connection.id());
		assertThat(server.log().awaitReasons(1).get(0).origin()).isEqualTo(Origin.TIMEOUT);
		assertThat(server.connections().all()).isEmpty();
		Recorder late = Recorder.reading();
		ExerciseGrpc.newStub(connection.channel()).unary(Payload.getDefaultInstance(), late);
		assertLost(late, connection.id());
	}

	@Test
	void aServerThatIsKilledInACallIsNoticed(@TempDir Path directory) throws Exception {
		PeerProcess process = this.peers.add(PeerProcess.server(directory));
		TestClient client = this.peers.dialing("localhost:" + process.awaitPort(),
				(builder) -> builder.transportSettings(settings()));
		BrpcConnection connection = client.awaitConnection();
		assertThat(connection.wire()).isEqualTo(TestWires.wire());
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payload.getDefaultInstance(), call);
		process.awaitHandling();
		process.kill();
		assertLost(call, connection.id());
		assertThat(client.log().awaitReasons(1).get(0).origin()).isEqualTo(Origin.TIMEOUT);
		assertThat(client.client().connection()).isEmpty();
	}

	private static TransportSettings settings() {
		return TestWires.settings().withIdle(PeerProcess.IDLE, Duration.ZERO);
	}

	private static void assertLost(Recorder call, ConnectionId id) {
		Status status = call.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).contains(id.toString()).contains("idle time-out");
	}

}
