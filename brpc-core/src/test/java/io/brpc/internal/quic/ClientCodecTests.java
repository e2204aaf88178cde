package io.brpc.internal.quic;

import io.brpc.BrpcConnection;
import io.brpc.client.SharedLoop;
import io.brpc.testing.CallKind;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several connections whose datagrams one codec turns into QUIC.
 */
@ExtendWith(Leaks.class)
class ClientCodecTests {

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void clientsOfOneLoopReachTheServersThatTheyDialed() {
		SharedLoop loop = this.peers.add(new SharedLoop());
		TestServer server = this.peers.server();
		TestServer other = this.peers.server();
		TestClient client = this.peers.client(server, loop::accept);
		TestClient second = this.peers.client(server, loop::accept);
		TestClient elsewhere = this.peers.client(other, loop::accept);
		assertThat(server.awaitConnection(client.awaitConnection().id())).isNotNull();
		assertThat(server.awaitConnection(second.awaitConnection().id())).isNotNull();
		BrpcConnection connection = other.awaitConnection(elsewhere.awaitConnection().id());
		assertThat(other.connections().all()).containsExactly(connection);
		assertThat(ask(client)).isEqualTo("hello");
		assertThat(ask(second)).isEqualTo("hello");
		assertThat(ask(elsewhere)).isEqualTo("hello");
	}

	@Test
	void theEndOfOneConnectionLeavesTheOthersAlone() throws InterruptedException {
		SharedLoop loop = this.peers.add(new SharedLoop());
		TestServer server = this.peers.server();
		TestClient first = this.peers.client(server, loop::accept);
		TestClient second = this.peers.client(server, loop::accept);
		BrpcConnection connection = second.awaitConnection();
		first.awaitConnection();
		first.close();
		assertThat(ask(second)).isEqualTo("hello");
		assertThat(second.awaitConnection().id()).isEqualTo(connection.id());
	}

	private static String ask(TestClient client) {
		return CallKind.UNARY.ask(client.channel(), Payloads.text("hello")).getText();
	}

}
