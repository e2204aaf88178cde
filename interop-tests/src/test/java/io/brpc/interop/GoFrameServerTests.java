package io.brpc.interop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.Wire;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreetResponse;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Go peer that was written from {@code docs/wire.md} alone as the server of our client,
 * on brpc/2.
 */
class GoFrameServerTests extends GoFrameTests {

	@Override
	GoPair pair(String... flags) {
		GoPeer server = GoPeer.frameServer(flags);
		BrpcClient client = client(port(server));
		await().until(() -> client.connection().isPresent());
		assertThat(client.connection().orElseThrow().wire()).isEqualTo(Wire.BRPC_2);
		// Our SETTINGS, by which Go knows of the connection, may still be on their way.
		await().until(() -> server.ask("ping").equals("ok pong"));
		return new GoPair(server, client.channel(), "|" + ExerciseCalls.answers("java", ""), "", client);
	}

	private static int port(GoPeer server) {
		String line = server.next();
		assertThat(line).startsWith("listening ");
		return Integer.parseInt(line.substring("listening ".length()));
	}

	private static BrpcClient client(int port) {
		return BrpcClientBuilder.forAddress("127.0.0.1", port, TestCertificates.shared().clientCredentials())
			.transportSettings(GoFrameClientTests.BRPC_2)
			.reconnect(new ReconnectSettings(true, Duration.ofMillis(100), Duration.ofMillis(500)))
			.addService(new NamerService("java"))
			.addService(ProbeService.over(ExerciseService.named("java")))
			.build()
			.start();
	}

	@Test
	void greetsAndIsCalledBack() throws Exception {
		try (GoPeer server = GoPeer.frameServer(); BrpcClient client = client(port(server))) {
			GreetResponse response = GreeterGrpc.newBlockingStub(client.channel())
				.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
				.greet(GreetRequest.getDefaultInstance());
			assertThat(response.getGreeting()).isEqualTo("Hello java");
			assertThat(response.getConnectionId()).isEqualTo(client.connection().orElseThrow().id().toString());
		}
	}

	@Test
	void drainingGoServerLetsOurCallFinishAndCallsBackMeanwhile() throws Exception {
		try (GoPeer server = GoPeer.frameServer(); BrpcClient client = client(port(server))) {
			Answer answer = new Answer();
			StreamObserver<Payload> requests = ExerciseGrpc.newStub(client.channel())
				.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
				.clientStream(answer);
			requests.onNext(text("slow"));
			await().until(() -> client.connection().isPresent());
			server.command("stop");
			await().until(() -> client.connection().isEmpty());
			assertThat(answer.text).isNotDone();
			requests.onCompleted();
			assertThat(answer.text.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
				.isEqualTo("go:slow|" + ExerciseCalls.answers("java", ""));
			assertThat(server.next()).isEqualTo("stopped");
		}
	}

	@Test
	void goodbyeOfOurClientIsSeenByAGoServer() throws Exception {
		try (GoPeer server = GoPeer.frameServer()) {
			try (BrpcClient client = client(port(server))) {
				assertThat(new ExerciseCalls(client.channel(), 0).kinds()).startsWith("go:u|");
			}
			await().until(() -> server.all().stream().anyMatch((line) -> line.startsWith("ended ")));
			assertThat(server.all()).filteredOn((line) -> line.startsWith("ended "))
				.singleElement()
				.asString()
				.contains("(remote)")
				.contains("0x0");
		}
	}

	/**
	 * After 10 s.
	 */
	@Test
	void ourClientPingsWhenTheConnectionIsSilent() throws Exception {
		try (GoPeer server = GoPeer.frameServer(); BrpcClient client = client(port(server))) {
			await().until(() -> client.connection().isPresent());
			await().atMost(2 * DEADLINE_SECONDS, TimeUnit.SECONDS).until(() -> server.all().contains("pinged"));
		}
	}

	/**
	 * The one response of a call, as text.
	 */
	private static final class Answer implements StreamObserver<Payload> {

		private final CompletableFuture<String> text = new CompletableFuture<>();

		@Override
		public void onNext(Payload response) {
			this.text.complete(response.getText());
		}

		@Override
		public void onError(Throwable failure) {
			this.text.completeExceptionally(failure);
		}

		@Override
		public void onCompleted() {
			// There was a response, or the test ends in time.
		}

	}

}
