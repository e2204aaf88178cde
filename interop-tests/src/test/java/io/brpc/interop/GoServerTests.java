package io.brpc.interop;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.TransportSettings;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * The Go library as the server of our client.
 */
class GoServerTests {

	private static final int CLIENTS = 20;

	private static final long DEADLINE_SECONDS = 20;

	private static final TransportSettings SHORT_IDLE = TransportSettings.defaults()
		.withIdle(Duration.ofSeconds(2), Duration.ZERO);

	@Test
	void greetsAndIsCalledBack() throws Exception {
		try (GoPeer server = GoPeer.server(); BrpcClient client = client(port(server), "java")) {
			assertThat(greet(client)).isEqualTo("Hello java");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100_000, 1_000_000 })
	void isCalledInAllFourKindsAndCallsBackInAllFourKindsFromEach(int dataBytes) throws Exception {
		try (GoPeer server = GoPeer.server("-data", Integer.toString(Math.min(dataBytes, 20_000)));
				BrpcClient client = client(port(server), "java")) {
			assertThat(new ExerciseCalls(client.channel(), dataBytes).kinds())
				.isEqualTo(ExerciseCalls.answers("go", "|" + ExerciseCalls.answers("java", "")));
		}
	}

	@Test
	void twentyClientsAtOnceAreEachCalledBackWithTheirOwnAnswers() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		List<BrpcClient> clients = new ArrayList<>();
		try (GoPeer server = GoPeer.server()) {
			int port = port(server);
			List<CompletableFuture<String>> answers = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				BrpcClient client = client(port, "java-" + i);
				clients.add(client);
				answers.add(CompletableFuture
					.supplyAsync(() -> greet(client) + " " + new ExerciseCalls(client.channel(), 0).kinds(), threads));
			}
			for (int i = 0; i < CLIENTS; i++) {
				String name = "java-" + i;
				assertThat(answers.get(i).get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(
						"Hello " + name + " " + ExerciseCalls.answers("go", "|" + ExerciseCalls.answers(name, "")));
			}
			clients.forEach(BrpcClient::shutdown);
			for (BrpcClient client : clients) {
				assertThat(client.awaitTermination(Duration.ofSeconds(DEADLINE_SECONDS))).isTrue();
			}
		}
		finally {
			clients.forEach(BrpcClient::shutdownNow);
			threads.shutdownNow();
		}
	}

	@Test
	void gracefulStopEndsCallsWithWordsAndTheClientReconnectsUnderANewId() throws Exception {
		try (GoPeer first = GoPeer.server()) {
			int port = port(first);
			try (BrpcClient client = client(port, "java")) {
				assertThat(greet(client)).isEqualTo("Hello java");
				BrpcConnection connection = client.connection().orElseThrow();
				Call call = Call.start(client);
				assertThat(first.ask("stop")).isEqualTo("stopped");
				assertThat(call.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(call.status().getDescription()).contains("SERVER_SHUTDOWN (0x64)")
					.contains("server shutdown");
				first.kill();
				assertReconnects(client, port, connection.id());
			}
		}
	}

	@Test
	void killedServerIsNoticedByTheIdleTimeoutAndTheClientReconnectsUnderANewId() throws Exception {
		try (GoPeer first = GoPeer.server()) {
			int port = port(first);
			try (BrpcClient client = builder(port, "java").transportSettings(SHORT_IDLE).build().start()) {
				assertThat(greet(client)).isEqualTo("Hello java");
				BrpcConnection connection = client.connection().orElseThrow();
				Call call = Call.start(client);
				first.kill();
				assertThat(call.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(call.status().getDescription()).contains("idle time-out");
				assertReconnects(client, port, connection.id());
			}
		}
	}

	/**
	 * The Go server finds its client by the ID that the call names, so a greeting shows
	 * that the new one was sent.
	 */
	private static void assertReconnects(BrpcClient client, int port, ConnectionId last) throws IOException {
		try (GoPeer second = GoPeer.server("-port", Integer.toString(port))) {
			assertThat(port(second)).isEqualTo(port);
			await().atMost(DEADLINE_SECONDS, TimeUnit.SECONDS).until(() -> client.connection().isPresent());
			assertThat(client.connection().orElseThrow().id()).isNotEqualTo(last);
			assertThat(greet(client)).isEqualTo("Hello java");
			assertThat(new ExerciseCalls(client.channel(), 0).kinds())
				.isEqualTo(ExerciseCalls.answers("go", "|" + ExerciseCalls.answers("java", "")));
			client.close();
		}
	}

	@Test
	void serverWithAnotherAlpnFailsCallsWithTheCauseInWords() throws Exception {
		try (GoPeer server = GoPeer.server("-alpn", "h3"); BrpcClient client = client(port(server), "java")) {
			StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> greet(client));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(failure.getStatus().getDescription()).contains("TLS alert 120")
				.contains("ALPN")
				.contains("brpc/1");
		}
	}

	private static int port(GoPeer server) {
		String line = server.next();
		assertThat(line).startsWith("listening ");
		return Integer.parseInt(line.substring("listening ".length()));
	}

	private static BrpcClient client(int port, String name) {
		return builder(port, name).build().start();
	}

	private static BrpcClientBuilder builder(int port, String name) {
		return BrpcClientBuilder.forAddress("127.0.0.1", port, TestCertificates.shared().clientCredentials())
			.reconnect(new ReconnectSettings(true, Duration.ofMillis(100), Duration.ofMillis(500)))
			.addService(new NamerService(name))
			.addService(ExerciseService.named(name));
	}

	private static String greet(BrpcClient client) {
		return GreeterGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
			.greet(GreetRequest.getDefaultInstance())
			.getGreeting();
	}

	/**
	 * A call that the server can't end, because its requests never do.
	 */
	private static final class Call implements StreamObserver<Payload> {

		private final CompletableFuture<Status> status = new CompletableFuture<>();

		private final CompletableFuture<Void> answered = new CompletableFuture<>();

		static Call start(BrpcClient client) throws Exception {
			Call call = new Call();
			StreamObserver<Payload> requests = ExerciseGrpc.newStub(client.channel()).bidiStream(call);
			requests.onNext(Payload.getDefaultInstance());
			call.answered.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
			return call;
		}

		Status status() throws Exception {
			return this.status.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
		}

		@Override
		public void onNext(Payload response) {
			this.answered.complete(null);
		}

		@Override
		public void onError(Throwable failure) {
			this.status.complete(Status.fromThrowable(failure));
		}

		@Override
		public void onCompleted() {
			this.status.complete(Status.OK);
		}

	}

}
