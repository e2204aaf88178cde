package io.brpc;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which wire two ends agree on, and that calls go both ways on it.
 */
@ExtendWith(Leaks.class)
class WireTests {

	private static final List<Wire> OLD = List.of(Wire.BRPC_1);

	private static final List<Wire> NEW = List.of(Wire.BRPC_2, Wire.BRPC_1);

	private static final ReconnectSettings QUICK = new ReconnectSettings(true, Duration.ofMillis(100),
			Duration.ofMillis(200));

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void twoEndsThatWereToldNothingSpeakBrpc2() {
		TransportSettings untold = TransportSettings.defaults();
		TestServer server = this.peers.server((builder) -> builder.transportSettings(untold));
		assertSpeak(server, client(server, untold), Wire.BRPC_2);
	}

	static List<Arguments> negotiations() {
		List<Wire> only2 = List.of(Wire.BRPC_2);
		List<Wire> rather1 = List.of(Wire.BRPC_1, Wire.BRPC_2);
		return List.of(Arguments.of(NEW, OLD, Wire.BRPC_1), Arguments.of(OLD, NEW, Wire.BRPC_1),
				Arguments.of(only2, NEW, Wire.BRPC_2), Arguments.of(NEW, only2, Wire.BRPC_2),
				Arguments.of(only2, only2, Wire.BRPC_2), Arguments.of(OLD, OLD, Wire.BRPC_1),
				Arguments.of(rather1, NEW, Wire.BRPC_1), Arguments.of(NEW, rather1, Wire.BRPC_2));
	}

	@ParameterizedTest(name = "server {0}, client {1}: {2}")
	@MethodSource("negotiations")
	void ofWhatBothSpeakTheServerPrefersOne(List<Wire> server, List<Wire> client, Wire agreed) {
		TestServer listening = server(0, server);
		assertSpeak(listening, client(listening, wires(client)), agreed);
	}

	@ParameterizedTest
	@EnumSource
	void endsWithoutAWireInCommonSaySoInWords(Wire wire) {
		Wire other = (wire == Wire.BRPC_1) ? Wire.BRPC_2 : Wire.BRPC_1;
		TestServer server = server(0, List.of(wire));
		TestClient client = this.peers.dialing("localhost:" + server.port(), settings(wires(List.of(other))));
		StatusRuntimeException failure = failureOf(() -> CallKind.UNARY.ask(client.channel(), Payloads.text("hello")));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(failure.getStatus().getDescription()).startsWith("no brpc connection to localhost")
			.contains("TLS alert 120", "no common ALPN protocol, the server has none of [" + other + "]");
		assertThat(server.log().awaitFailures(1)).first()
			.satisfies((refused) -> assertThat(refused.reason().description()).contains("no common ALPN protocol",
					"of [" + wire + "]"));
	}

	@Test
	void aClientFollowsAServerThatIsReplacedByAnOlderOneAndBack() throws Exception {
		TestServer first = server(0, NEW);
		int port = first.port();
		TestClient client = client(first, wires(NEW));
		BrpcConnection connection = assertSpeak(first, client, Wire.BRPC_2);
		first.close();
		TestServer older = server(port, OLD);
		client.awaitConnectionAfter(connection);
		connection = assertSpeak(older, client, Wire.BRPC_1);
		older.close();
		TestServer newer = server(port, NEW);
		client.awaitConnectionAfter(connection);
		assertSpeak(newer, client, Wire.BRPC_2);
	}

	@Test
	void brpc1MayHaveOtherNames() {
		TransportSettings named = wires(OLD).withApplicationProtocols("mine/1", "brpc/1");
		TestServer server = this.peers.server((builder) -> builder.transportSettings(named));
		assertSpeak(server, client(server, named), Wire.BRPC_1);
		assertSpeak(server, client(server, wires(OLD)), Wire.BRPC_1);
	}

	private static TransportSettings wires(List<Wire> wires) {
		return TransportSettings.defaults().withWires(wires.toArray(Wire[]::new));
	}

	private TestServer server(int port, List<Wire> wires) {
		return this.peers.server(port, (builder) -> builder.transportSettings(wires(wires)));
	}

	private TestClient client(TestServer server, TransportSettings settings) {
		return this.peers.client(server, settings(settings));
	}

	private static Consumer<BrpcClientBuilder> settings(TransportSettings settings) {
		return (builder) -> builder.addService(new ExerciseService()).transportSettings(settings).reconnect(QUICK);
	}

	private static BrpcConnection assertSpeak(TestServer server, TestClient client, Wire expected) {
		BrpcConnection dialed = client.awaitConnection();
		assertThat(dialed.wire()).isEqualTo(expected);
		assertThat(server.awaitConnection(dialed.id()).wire()).isEqualTo(expected);
		for (CallKind kind : CallKind.values()) {
			assertThat(kind.ask(client.channel(), Payloads.text("forward")).getText()).isEqualTo("forward");
			assertThat(kind.ask(server.channelTo(client), Payloads.text("back")).getText()).isEqualTo("back");
		}
		return dialed;
	}

}
