package io.brpc;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

import io.brpc.CloseReason.Origin;
import io.brpc.testing.ConnectionLog.Failure;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What listeners are told of connections that never became ready, and what they learn
 * from those that did.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ConnectionListenerTests {

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void bothEndsAreToldOfAConnectionThatTheServerRefuses() {
		TestServer server = this.peers.server((builder) -> builder.admissionLimits(new AdmissionLimits(1, 1, 10, 0)));
		this.peers.client(server).awaitConnection();
		TestClient refused = this.peers.dialing("localhost:" + server.port(), (builder) -> {
		});
		Failure atClient = refused.log().awaitFailures(1).get(0);
		assertThat(atClient.remoteAddress().getPort()).isEqualTo(server.port());
		assertThat(atClient.reason().origin()).isEqualTo(Origin.REMOTE);
		assertThat(atClient.reason().code()).isEqualTo(CloseCode.REFUSED);
		Failure atServer = server.log().awaitFailures(1).get(0);
		assertThat(atServer.remoteAddress().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
		assertThat(atServer.reason().origin()).isEqualTo(Origin.LOCAL);
		assertThat(atServer.reason().code()).isEqualTo(CloseCode.REFUSED);
		assertThat(refused.log().connectCount()).isZero();
	}

	@Test
	void theClientIsToldOfAnAttemptThatFails() throws Exception {
		InetSocketAddress nobody;
		try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
			nobody = (InetSocketAddress) socket.getLocalSocketAddress();
		}
		TestClient client = this.peers.dialing("127.0.0.1:" + nobody.getPort(), (builder) -> {
		});
		Failure failure = client.log().awaitFailures(1).get(0);
		assertThat(failure.remoteAddress()).isEqualTo(nobody);
		assertThat(failure.reason().code()).isNull();
		assertThat(failure.reason().description()).containsIgnoringCase("refused");
	}

	@Test
	void theSetUpTimeIsKnownOnBothEnds() {
		TestServer server = this.peers.server();
		BrpcConnection atClient = this.peers.client(server).awaitConnection();
		BrpcConnection atServer = server.awaitConnection(atClient.id());
		Duration limit = TransportSettings.defaults().setupTimeout();
		assertThat(atClient.setupTime()).isPositive().isLessThanOrEqualTo(limit);
		assertThat(atServer.setupTime()).isPositive().isLessThanOrEqualTo(limit);
	}

	@Test
	void aCloseReasonHasTheCodeThatWasTold() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server);
		BrpcConnection connection = client.awaitConnection();
		server.awaitConnection(connection.id()).close(CloseCode.NO_ERROR, "enough");
		assertThat(server.log().awaitReasons(1)).first().satisfies((reason) -> {
			assertThat(reason.origin()).isEqualTo(Origin.LOCAL);
			assertThat(reason.code()).isEqualTo(CloseCode.NO_ERROR);
		});
		assertThat(client.log().awaitReasons(1)).first().satisfies((reason) -> {
			assertThat(reason.origin()).isEqualTo(Origin.REMOTE);
			assertThat(reason.code()).isEqualTo(CloseCode.NO_ERROR);
		});
	}

}
