package io.brpc;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.CallKind;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Starts that go wrong, and ends that come early or twice.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class StartTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aPortThatIsTakenIsNamed() throws Exception {
		try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
			BrpcServer server = BrpcServerBuilder.forAddress(address, TestCertificates.shared().serverCredentials())
				.build();
			assertThatIOException().isThrownBy(server::start)
				.withMessageContaining("UDP")
				.withMessageContaining("127.0.0.1:" + address.getPort());
			assertThat(server.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(server.isShutdown()).isTrue();
			assertThat(server.getPort()).isEqualTo(-1);
		}
	}

	@Test
	void theAddressIsKnownWhileTheServerRuns() throws Exception {
		TestServer server = this.peers.server();
		assertThat(server.port()).isPositive();
		assertThat(server.server().getListenSockets()).singleElement()
			.extracting((address) -> ((InetSocketAddress) address).getPort())
			.isEqualTo(server.port());
		assertThat(server.server().isShutdown()).isFalse();
		assertThat(server.server().isTerminated()).isFalse();
	}

	@Test
	void aServerStartsOnce() throws Exception {
		TestServer server = this.peers.server();
		assertThatIllegalStateException().isThrownBy(server::start);
		TestClient client = this.peers.client(server);
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("unharmed")).getText()).isEqualTo("unharmed");
	}

	@Test
	void aClientMayBeStartedTwice() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server);
		client.client().start();
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("once")).getText()).isEqualTo("once");
		assertThat(server.connections().all()).hasSize(1);
		assertThat(client.log().connectCount()).isEqualTo(1);
	}

	@Test
	void aClientThatWasNotStartedConnectsWithItsFirstCall() {
		TestServer server = this.peers.server();
		try (BrpcClient client = client("localhost:" + server.port())) {
			assertThat(client.state()).isEqualTo(ConnectivityState.IDLE);
			assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("first")).getText()).isEqualTo("first");
			assertThat(client.connection()).isPresent();
		}
	}

	@Test
	void aServerThatNeverStartedShutsDown() throws Exception {
		BrpcServer server = BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials()).build();
		assertThat(server.stop(PATIENCE)).isTrue();
		assertThat(server.isTerminated()).isTrue();
		assertThatIllegalStateException().isThrownBy(server::start);
	}

	@Test
	void aServerMayBeShutDownAgainAndAgain() throws Exception {
		BrpcServer server = this.peers.server().server();
		server.shutdown().shutdown().shutdownNow().shutdownNow();
		assertThat(server.stop(PATIENCE)).isTrue();
		server.shutdown().shutdownNow();
		assertThat(server.stop(Duration.ZERO)).isTrue();
	}

	@Test
	void aClientThatNeverStartedShutsDown() {
		BrpcClient client = client("localhost:1");
		client.close();
		assertThat(client.isTerminated()).isTrue();
		assertThat(client.start().state()).isEqualTo(ConnectivityState.SHUTDOWN);
	}

	@Test
	void aClientMayBeShutDownAgainAndAgain() {
		BrpcClient client = this.peers.client(this.peers.server()).client();
		client.shutdown().shutdown().shutdownNow().shutdownNow().close();
		assertThat(client.isTerminated()).isTrue();
		client.close();
		client.shutdownNow();
	}

	@Test
	void aClientThatIsDialingCloses() throws IOException {
		try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			BrpcClient client = client("127.0.0.1:" + silent.getLocalPort()).start();
			client.close();
			assertThat(client.isTerminated()).isTrue();
		}
	}

	@Test
	void aCallThatWaitsForADialEndsWhenTheClientIsShutDownNow() throws Exception {
		try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			BrpcClient client = client("127.0.0.1:" + silent.getLocalPort()).start();
			Recorder call = Recorder.reading();
			Recorder patient = Recorder.reading();
			ExerciseGrpc.newStub(client.channel()).unary(Payload.getDefaultInstance(), call);
			ExerciseGrpc.newStub(client.channel()).withWaitForReady().unary(Payload.getDefaultInstance(), patient);
			client.shutdownNow();
			// CANCELLED is gRPC's word for a call that had not come as far as to wait.
			assertThat(call.awaitEnd().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
			assertThat(patient.awaitEnd().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
			assertThat(client.awaitTermination(PATIENCE)).isTrue();
		}
	}

	@Test
	void aClientWhoseServerIsNotThereCloses() throws Exception {
		int port;
		try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		BrpcClient client = client("127.0.0.1:" + port).start();
		assertThat(CallContract.failureOf(() -> CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance()))
			.getStatus()
			.getDescription()).contains("127.0.0.1:" + port).containsIgnoringCase("refused");
		client.close();
		assertThat(client.isTerminated()).isTrue();
	}

	@Test
	void aServerShutsDownWhileClientsConnect() throws Exception {
		TestServer server = this.peers.server();
		for (int i = 0; i < 10; i++) {
			this.peers.dialing("localhost:" + server.port(), (builder) -> {
			});
		}
		assertThat(server.server().stop(PATIENCE)).isTrue();
		assertThat(server.connections().all()).isEmpty();
	}

	private static BrpcClient client(String target) {
		return BrpcClientBuilder.forTarget(target, TestCertificates.shared().clientCredentials()).build();
	}

}
