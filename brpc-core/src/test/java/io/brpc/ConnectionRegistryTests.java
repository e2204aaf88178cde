package io.brpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials.ClientAuth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Connections are found by who the client is, by group and by attribute, exactly while
 * they are ready; and waited for.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ConnectionRegistryTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void connectionIsFoundByGroupAndAttributeWhileItIsReady() throws Exception {
		TestServer server = this.peers.server();
		TestClient first = this.peers.client(server);
		TestClient second = this.peers.client(server);
		BrpcConnection one = server.awaitConnection(first.awaitConnection().id());
		BrpcConnection two = server.awaitConnection(second.awaitConnection().id());
		one.joinGroup("odd");
		one.joinGroup("all");
		two.joinGroup("all");
		two.attributes().put("floor", 2);
		assertThat(one.groups()).containsExactlyInAnyOrder("odd", "all");
		assertThat(server.connections().inGroup("odd")).containsExactly(one);
		assertThat(server.connections().inGroup("all")).containsExactlyInAnyOrder(one, two);
		assertThat(server.connections().inGroup("none")).isEmpty();
		assertThat(server.connections().withAttribute("floor", 2)).containsExactly(two);
		assertThat(server.connections().withAttribute("floor", 3)).isEmpty();
		assertThat(server.connections().withPrincipal("CN=anybody")).isEmpty();
		int port = two.remoteAddress().getPort();
		assertThat(server.connections().matching((connection) -> connection.remoteAddress().getPort() == port))
			.containsExactly(two);
		second.close();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(server.connections().inGroup("all")).containsExactly(one));
		assertThat(server.connections().withAttribute("floor", 2)).isEmpty();
		one.leaveGroup("all");
		assertThat(server.connections().inGroup("all")).isEmpty();
	}

	@Test
	void clientIsFoundAndWaitedForByItsPrincipal() throws Exception {
		TestServer server = mutualServer();
		CompletableFuture<BrpcConnection> awaited = server.connections()
			.awaitPrincipal("CN=ada", PATIENCE)
			.toCompletableFuture();
		certified(server, "CN=bert").awaitConnection();
		assertThat(awaited).isNotDone();
		BrpcConnection ada = server.awaitConnection(certified(server, "CN=ada").awaitConnection().id());
		assertThat(awaited.get(30, TimeUnit.SECONDS)).isSameAs(ada);
		assertThat(server.connections().withPrincipal("CN=ada")).containsExactly(ada);
		BrpcConnection again = server.awaitConnection(certified(server, "CN=ada").awaitConnection().id());
		assertThat(server.connections().withPrincipal("CN=ada")).containsExactlyInAnyOrder(ada, again);
		ada.close(CloseCode.NO_ERROR, "");
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(server.connections().withPrincipal("CN=ada")).doesNotContain(ada));
	}

	@Test
	void whoWaitsForAGroupIsCalledWhenAConnectionJoinsIt() throws Exception {
		TestServer server = this.peers.server();
		BrpcConnection connection = server.awaitConnection(this.peers.client(server).awaitConnection().id());
		CompletableFuture<String> answer = server.connections()
			.awaitGroup("workers", PATIENCE)
			.thenApply((found) -> CallKind.UNARY.ask(found.channel(), Payloads.text("work")).getText())
			.toCompletableFuture();
		assertThat(answer).isNotDone();
		connection.joinGroup("workers");
		assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("work");
	}

	@Test
	void handlerThatWaitsInVainEndsItsCallWithWhatItWaitedFor() {
		TestServer server = this.peers.server();
		server.serve(new ExerciseService((request) -> {
			server.connections().awaitPrincipal("nobody", Duration.ofMillis(20)).toCompletableFuture().join();
			return request;
		}));
		TestClient client = this.peers.client(server);
		StatusRuntimeException failure = failureOf(() -> CallKind.UNARY.ask(client.channel(), Payloads.text("go")));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(failure.getStatus().getDescription())
			.isEqualTo("no client with the principal nobody was connected within 20 ms");
	}

	@Test
	void waitEndsWhenTheServerShutsDown() throws Exception {
		TestServer server = this.peers.server();
		CompletableFuture<BrpcConnection> waiting = server.connections()
			.awaitGroup("workers", PATIENCE)
			.toCompletableFuture();
		server.close();
		CompletionException failure = catchThrowableOfType(CompletionException.class, waiting::join);
		assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
	}

	private TestServer mutualServer() {
		TestCertificates certificates = TestCertificates.shared();
		return this.peers
			.add(new TestServer(BrpcServerBuilder.forPort(0, certificates.serverCredentials(ClientAuth.REQUIRE)),
					(builder) -> {
					}))
			.start();
	}

	private TestClient certified(TestServer server, String subject) {
		return this.peers
			.add(new TestClient(
					BrpcClientBuilder.forTarget("localhost:" + server.port(),
							TestCertificates.shared().clientCredentials(subject)),
					(builder) -> builder.addService(new ExerciseService())))
			.start();
	}

}
