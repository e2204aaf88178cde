package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many clients of one server at once.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ManyClientsTests {

	private static final int CLIENTS = 50;

	private static final int ROUNDS = 10;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void eachIsCalledBackWithItsOwnAnswer() {
		Ledger ledger = new Ledger();
		TestServer server = this.peers
			.server((builder) -> builder.intercept(ledger.handler()).interceptCallbacks(ledger.caller()));
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				ExerciseGrpc.newStub(clients.get()).unary(request, responses);
			}
		});
		List<TestClient> all = IntStream.range(0, CLIENTS)
			.mapToObj((number) -> this.peers.dialing("localhost:" + server.port(), (builder) -> builder
				.addService(new ExerciseService((request) -> Payloads.text(request.getText() + " is client " + number)))
				.intercept(ledger.caller())
				.interceptCallbacks(ledger.handler())))
			.toList();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(CLIENTS));
		List<List<Recorder>> rounds = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			rounds.add(all.stream().map(ManyClientsTests::ask).toList());
		}
		for (List<Recorder> round : rounds) {
			for (int number = 0; number < CLIENTS; number++) {
				assertThat(round.get(number).awaitEnd()).isEqualTo(Status.OK);
				assertThat(round.get(number).messages()).containsExactly(Payloads.text("who is client " + number));
			}
		}
		assertThat(ledger.callCount()).isEqualTo(2 * CLIENTS * ROUNDS);
		ledger.verifyAllOk();
		assertThat(all.stream().map((client) -> client.awaitConnection().id())).doesNotHaveDuplicates();
	}

	private static Recorder ask(TestClient client) {
		Recorder answer = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("who"), answer);
		return answer;
	}

}
