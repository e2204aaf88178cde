package io.brpc;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A connection ends when it is as old as the builder of the server says.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ConnectionAgeTests {

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aConnectionThatIsOldEnoughIsReplacedAndLosesNoCall() {
		TestServer server = this.peers.server((builder) -> builder.maxConnectionAge(1, TimeUnit.SECONDS));
		CountDownLatch gate = new CountDownLatch(1);
		server.serve(new ExerciseService((request) -> {
			pass(gate);
			return request;
		}));
		TestClient client = this.peers.client(server);
		BrpcConnection first = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("hello"), call);
		client.awaitConnectionAfter(first);
		assertThat(first.closeReason()).isEmpty();
		gate.countDown();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		await().until(() -> first.closeReason().isPresent());
		assertThat(first.closeReason().orElseThrow().code()).isEqualTo(CloseCode.NO_ERROR);
	}

	@Test
	void aConnectionThatIsTooOldHasNoMoreThanItsGrace() {
		TestServer server = this.peers.server((builder) -> builder.maxConnectionAge(1, TimeUnit.SECONDS)
			.maxConnectionAgeGrace(100, TimeUnit.MILLISECONDS));
		server.serve(new HangingService());
		TestClient client = this.peers.client(server);
		BrpcConnection first = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("hello"), call);
		assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		await().until(() -> first.closeReason().isPresent());
		assertThat(first.closeReason().orElseThrow().code()).isEqualTo(CloseCode.DRAIN_TIMEOUT);
	}

	private static void pass(CountDownLatch gate) {
		try {
			assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
