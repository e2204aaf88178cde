package io.brpc;

import io.brpc.testing.Leaks;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which wire two ends agree on.
 */
@ExtendWith(Leaks.class)
class WireTests {

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void bothEndsSayWhichWireTheyHaveAgreedOn() {
		TestServer server = this.peers.server();
		assertWire(server, this.peers.client(server), Wire.BRPC_1);
	}

	@Test
	void brpc1MayHaveOtherNames() {
		TransportSettings named = TransportSettings.defaults().withApplicationProtocols("mine/1", "brpc/1");
		TestServer server = this.peers.server((builder) -> builder.transportSettings(named));
		assertWire(server, this.peers.client(server, (builder) -> builder.transportSettings(named)), Wire.BRPC_1);
		assertWire(server, this.peers.client(server), Wire.BRPC_1);
	}

	private static void assertWire(TestServer server, TestClient client, Wire expected) {
		BrpcConnection dialed = client.awaitConnection();
		assertThat(dialed.wire()).isEqualTo(expected);
		assertThat(server.awaitConnection(dialed.id()).wire()).isEqualTo(expected);
	}

}
