package io.brpc.interop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Go peer that was written from {@code docs/wire.md} alone as the client of our server,
 * on brpc/2.
 */
class GoFrameClientTests extends GoFrameTests {

	static final TransportSettings BRPC_2 = TransportSettings.defaults().withWires(Wire.BRPC_2);

	@Override
	GoPair pair(String... flags) {
		CallingBackServer server = server();
		GoPeer client = GoPeer.frameClient(server.target(), flags);
		assertThat(client.next()).isEqualTo("connected");
		await().until(() -> !server.connected().isEmpty());
		BrpcConnection connection = server.connected().get(0);
		assertThat(connection.wire()).isEqualTo(Wire.BRPC_2);
		return new GoPair(client, connection.channel(), "", "|" + ExerciseCalls.answers("go", ""), server);
	}

	private static CallingBackServer server() {
		return new CallingBackServer((builder) -> builder.transportSettings(BRPC_2), Duration.ofSeconds(20));
	}

	@Test
	void greetsAndIsCalledBack() throws Exception {
		try (CallingBackServer server = server(); GoPeer client = GoPeer.frameClient(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			String greeting = client.ask("greet");
			assertThat(greeting).isEqualTo("ok Hello go " + server.connected().get(0).id());
		}
	}

	@Test
	void drainingServerLetsTheCallOfAGoClientFinishAndCallsBackMeanwhile() throws Exception {
		try (CallingBackServer server = server(); GoPeer client = GoPeer.frameClient(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			assertThat(client.ask("slow")).isEqualTo("started");
			server.server().shutdown();
			await().until(() -> server.server().connections().all().isEmpty());
			assertThat(server.disconnected()).isEmpty();
			assertThat(client.ask("go on")).isEqualTo("ok java:slow|" + ExerciseCalls.answers("go", ""));
			assertThat(server.server().awaitTermination(15, TimeUnit.SECONDS)).isTrue();
			assertThat(server.disconnected()).singleElement().asString().contains("SERVER_SHUTDOWN (0x64)");
			assertThat(client.ask("greet")).startsWith("failed Unavailable ");
		}
	}

	@Test
	void goodbyeOfAClientIsSeenAtOnce() throws Exception {
		try (CallingBackServer server = server(); GoPeer client = GoPeer.frameClient(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			assertThat(client.ask("greet")).startsWith("ok Hello go ");
			assertThat(client.finish()).isZero();
			await().until(() -> !server.disconnected().isEmpty());
			assertThat(server.disconnected().get(0).origin()).isEqualTo(CloseReason.Origin.REMOTE);
			assertThat(server.disconnected()).singleElement().asString().contains("NO_ERROR (0x0)");
		}
	}

	@Test
	void vectorsMeanToGoWhatTheySayAndOurServerKeepsTheRulesOfTheWire() throws Exception {
		try (CallingBackServer server = server()) {
			GoPeer.test("brpc2", server.target());
		}
	}

}
