package io.brpc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.TransportSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The Go library as the client of our server.
 */
class GoClientTests {

	private static final int PROCESSES = 20;

	private static final TransportSettings SHORT_IDLE = TransportSettings.defaults()
		.withIdle(Duration.ofSeconds(2), Duration.ZERO);

	@Test
	void greetsAndIsCalledBack() throws Exception {
		try (CallingBackServer server = new CallingBackServer(); GoPeer client = GoPeer.client(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			String greeting = client.ask("greet");
			ConnectionId id = server.connected().get(0).id();
			assertThat(greeting).isEqualTo("ok Hello go " + id);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100_000, 1_000_000 })
	void callsInAllFourKindsAndIsCalledBackInAllFourKindsFromEach(int dataBytes) throws Exception {
		try (CallingBackServer server = new CallingBackServer();
				GoPeer client = GoPeer.client(server.target(), "-data", Integer.toString(dataBytes))) {
			assertThat(client.next()).isEqualTo("connected");
			assertThat(client.ask("kinds"))
				.isEqualTo("ok " + ExerciseCalls.answers("java", "|" + ExerciseCalls.answers("go", "")));
		}
	}

	@Test
	void twentyProcessesAtOnceAreEachCalledBackWithTheirOwnAnswers() throws Exception {
		try (CallingBackServer server = new CallingBackServer()) {
			List<GoPeer> clients = new ArrayList<>();
			try {
				for (int i = 0; i < PROCESSES; i++) {
					clients.add(GoPeer.client(server.target(), "-name", "go-" + i));
				}
				clients.forEach((client) -> assertThat(client.next()).isEqualTo("connected"));
				clients.forEach((client) -> client.command("kinds"));
				clients.forEach((client) -> client.command("greet"));
				for (int i = 0; i < PROCESSES; i++) {
					String name = "go-" + i;
					assertThat(clients.get(i).next())
						.isEqualTo("ok " + ExerciseCalls.answers("java", "|" + ExerciseCalls.answers(name, "")));
					assertThat(clients.get(i).next()).startsWith("ok Hello " + name + " ");
				}
				assertThat(server.server().connections().all()).hasSize(PROCESSES);
				clients.forEach(GoPeer::endCommands);
				clients.forEach((client) -> assertThat(client.finish()).isZero());
				await().until(() -> server.disconnected().size() == PROCESSES);
			}
			finally {
				clients.forEach(GoPeer::close);
			}
		}
	}

	@Test
	void drainingServerLetsTheCallOfAGoClientFinishAndThenTheClientGo() throws Exception {
		try (CallingBackServer server = new CallingBackServer(); GoPeer client = GoPeer.client(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			assertThat(client.ask("slow")).isEqualTo("started");
			server.server().shutdown();
			await().until(() -> server.server().connections().all().isEmpty());
			assertThat(server.disconnected()).isEmpty();
			assertThat(client.ask("go on")).isEqualTo("ok java:slow|" + ExerciseCalls.answers("go", ""));
			assertThat(server.server().awaitTermination(15, TimeUnit.SECONDS)).isTrue();
			assertThat(server.disconnected()).singleElement().asString().contains("SERVER_SHUTDOWN (0x64)");
		}
	}

	@Test
	void goodbyeOfAClientIsSeenAtOnce() throws Exception {
		try (CallingBackServer server = new CallingBackServer(); GoPeer client = GoPeer.client(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			assertThat(client.ask("greet")).startsWith("ok Hello go ");
			assertThat(client.finish()).isZero();
			await().until(() -> !server.disconnected().isEmpty());
			assertThat(server.disconnected().get(0).origin()).isEqualTo(CloseReason.Origin.REMOTE);
			assertThat(server.server().connections().all()).isEmpty();
		}
	}

	@Test
	void killedClientIsNoticedByTheIdleTimeout() throws Exception {
		try (CallingBackServer server = new CallingBackServer((builder) -> builder.transportSettings(SHORT_IDLE),
				Duration.ofSeconds(5)); GoPeer client = GoPeer.client(server.target())) {
			assertThat(client.next()).isEqualTo("connected");
			client.command("loop");
			assertThat(client.next()).startsWith("ok Hello go ");
			client.kill();
			await().atMost(20, TimeUnit.SECONDS).until(() -> !server.disconnected().isEmpty());
			assertThat(server.disconnected().get(0).origin()).isEqualTo(CloseReason.Origin.TIMEOUT);
			assertThat(server.server().connections().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "h3" })
	void clientWithoutOurAlpnGetsAlert120AndTheLogNamesTheRemedy(String alpn) throws Exception {
		try (CallingBackServer server = new CallingBackServer();
				LogCapture log = LogCapture.of("io.brpc");
				GoPeer client = GoPeer.client(server.target(), "-alpn", alpn)) {
			assertThat(client.next()).startsWith("error ").contains("0x178").contains("no application protocol");
			assertThat(client.finish()).isEqualTo(1);
			await().until(() -> refusals(log).findAny().isPresent());
			assertThat(refusals(log)).singleElement().asString().contains("ALPN").contains("brpc/1");
			assertThat(server.connected()).isEmpty();
		}
	}

	private static Stream<String> refusals(LogCapture log) {
		return log.events()
			.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> line.contains("not set up"));
	}

	@Test
	void callbacksToAClientThatNeverServesEndByTheirDeadlineAndNameTheClient() throws Exception {
		try (CallingBackServer server = new CallingBackServer((builder) -> builder.transportSettings(SHORT_IDLE),
				Duration.ofSeconds(1)); GoPeer client = GoPeer.client(server.target(), "-serve=false")) {
			assertThat(client.next()).isEqualTo("connected");
			String answer = client.ask("greet");
			ConnectionId id = server.connected().get(0).id();
			assertThat(answer).matches("failed (DeadlineExceeded|Unavailable) .*").contains(id.toString());
		}
	}

}
