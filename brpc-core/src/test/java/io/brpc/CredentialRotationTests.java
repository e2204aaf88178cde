package io.brpc;

import java.security.Principal;
import java.time.Duration;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
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
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials.ClientAuth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Certificates change while connections live.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class CredentialRotationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	private final TestCertificates older = TestCertificates.shared();

	private final TestCertificates newer = new TestCertificates();

	@Test
	void newConnectionsSeeTheServersNewCertificateAndOldOnesLive() {
		TestServer server = server(this.older.serverCredentials());
		TestClient old = dialing(server, this.older.clientCredentials());
		BrpcConnection first = old.awaitConnection();
		server.server().updateCredentials(this.newer.serverCredentials());
		assertThat(ask(old)).isEqualTo("hello");
		assertThat(old.client().connection()).map(BrpcConnection::id).contains(first.id());
		assertThat(ask(dialing(server, this.newer.clientCredentials()))).isEqualTo("hello");
		assertThat(failure(dialing(server, this.older.clientCredentials())))
			.contains("the peer's certificate was refused", "unable to find valid certification path");
	}

	/**
	 * A TLS session that was resumed would not look at certificates.
	 */
	@Test
	void aClientComesBackOnlyIfItTrustsTheNewCertificate() {
		TestServer server = server(this.older.serverCredentials());
		TestClient client = dialing(server, this.older.clientCredentials());
		BrpcConnection first = client.awaitConnection();
		server.server().updateCredentials(this.newer.serverCredentials());
		server.awaitConnection(first.id()).close(CloseCode.NO_ERROR, "");
		client.log().awaitReasons(1);
		assertThat(failure(client)).contains("unable to find valid certification path");
		client.client().updateCredentials(this.newer.clientCredentials());
		assertComesBack(client, first);
	}

	/**
	 * The server's list of accepted issuers changes too: a client looks for a certificate
	 * of one of them.
	 */
	@Test
	void clientsOfTheNewAuthorityAreAcceptedAndThoseOfTheOldOneNoLonger() {
		TestServer server = server(this.older.serverCredentials(ClientAuth.REQUIRE));
		TestClient old = dialing(server, this.older.clientCredentials("CN=old"));
		BrpcConnection first = old.awaitConnection();
		server.server().updateCredentials(this.newer.serverCredentials(ClientAuth.REQUIRE));
		TestClient renewed = dialing(server, this.newer.clientCredentials("CN=new"));
		assertThat(server.awaitConnection(renewed.awaitConnection().id()).principal()).map(Principal::getName)
			.contains("CN=new");
		assertThat(ask(old)).isEqualTo("hello");
		old.client().updateCredentials(this.older.clientCredentials("CN=old", this.newer));
		server.awaitConnection(first.id()).close(CloseCode.NO_ERROR, "");
		old.log().awaitReasons(1);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(failure(old)).contains("refused by the peer: TLS alert"));
		assertThat(server.connections().withPrincipal("CN=old")).isEmpty();
		old.client().updateCredentials(this.newer.clientCredentials("CN=old"));
		assertComesBack(old, first);
	}

	@Test
	void credentialsThatAreNoneChangeNothing() {
		TestServer server = server(this.older.serverCredentials());
		TestClient client = dialing(server, this.older.clientCredentials());
		assertThatIllegalArgumentException()
			.isThrownBy(() -> server.server().updateCredentials(InsecureServerCredentials.create()))
			.withMessageContaining("QUIC needs TlsServerCredentials");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.client().updateCredentials(InsecureChannelCredentials.create()))
			.withMessageContaining("QUIC needs TlsChannelCredentials");
		BrpcConnection first = client.awaitConnection();
		server.awaitConnection(first.id()).close(CloseCode.NO_ERROR, "");
		assertComesBack(client, first);
	}

	private TestServer server(ServerCredentials credentials) {
		return this.peers.add(new TestServer(BrpcServerBuilder.forPort(0, credentials), (builder) -> {
		})).start();
	}

	private TestClient dialing(TestServer server, ChannelCredentials credentials) {
		return this.peers
			.add(new TestClient(BrpcClientBuilder.forTarget("localhost:" + server.port(), credentials),
					(builder) -> builder.addService(new ExerciseService())
						.reconnect(new ReconnectSettings(true, Duration.ofMillis(50), Duration.ofMillis(200)))))
			.start();
	}

	private static void assertComesBack(TestClient client, BrpcConnection before) {
		client.awaitConnectionAfter(before);
		// gRPC learns of the connection a moment later than its owner does.
		await().atMost(PATIENCE)
			.ignoreException(StatusRuntimeException.class)
			.until(() -> ask(client), "hello"::equals);
	}

	private static String ask(TestClient client) {
		return CallKind.UNARY.ask(client.channel(), Payloads.text("hello")).getText();
	}

	private static String failure(TestClient client) {
		StatusRuntimeException failure = failureOf(() -> ask(client));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		return String.valueOf(failure.getStatus().getDescription());
	}

}
