package io.brpc.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.brpc.TransportSettings;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.Network;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.PeerProcess;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.Traffic;
import io.brpc.testing.TrafficPeer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that are killed, paused, and told to end, in the middle of the traffic.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ProcessFaultTests {

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int CALLS_PER_SECOND = FaultSize.of(10, 20);

	private static final Duration IDLE = FaultSize.of(Duration.ofSeconds(3), Duration.ofSeconds(10));

	/**
	 * Outlives any pause.
	 */
	private static final Duration LONG_IDLE = Duration.ofSeconds(30);

	private static final Duration PAUSE = Duration.ofSeconds(3);

	private static final String SIZE = CLIENTS + " clients, " + CALLS_PER_SECOND + " calls/s each way, idle time-out ";

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@TempDir
	Path directory;

	private final Ledger ledger = new Ledger();

	private final Traffic traffic = Traffic.in(this.ledger, CALLS_PER_SECOND);

	@BeforeEach
	void report() {
		this.peers.add(this.traffic);
		this.report.calls(this.ledger);
	}

	@Test
	void clientsOfAServerThatWasKilledComeBackToItsSuccessor() throws Exception {
		this.report.fault("9 server process killed and restarted", SIZE + IDLE.toSeconds() + " s");
		PeerProcess first = server(IDLE, 0);
		int port = first.awaitPort();
		List<TestClient> clients = clients(port, IDLE, false);
		long killed = System.nanoTime();
		first.kill();
		PeerProcess second = server(IDLE, port);
		this.report.measuredSince("restarted after", killed);
		awaitNewConnections(clients);
		this.report.measuredSince("all back after", killed).measured("back", CLIENTS + " of " + CLIENTS);
		awaitMoreCalls();
		finish(second);
	}

	@Test
	void aServerToldToEndFailsNoCallAndItsSuccessorServesTheRest() throws Exception {
		this.report.fault("10 graceful stop under load (SIGTERM) and restart", SIZE + LONG_IDLE.toSeconds() + " s");
		PeerProcess first = server(LONG_IDLE, 0);
		int port = first.awaitPort();
		List<TestClient> clients = clients(port, LONG_IDLE, true);
		long told = System.nanoTime();
		first.terminate();
		assertThat(TrafficPeer.awaitDrain(first)).as("all calls ended in the grace period").isTrue();
		this.report.measuredSince("ended after", told);
		PeerProcess second = server(LONG_IDLE, port);
		awaitNewConnections(clients);
		awaitMoreCalls();
		finish(second);
		assertThat(this.ledger.lost()).as("calls that failed although their handlers ran").isEmpty();
		assertThat(this.ledger.failed()).as("calls of clients, which wait for ready, that failed")
			.allMatch((call) -> call.startsWith("server"));
		this.report.measured("callbacks refused before they began", this.ledger.failed().size());
	}

	@Test
	void clientsThatWereKilledAreForgotten() throws Exception {
		this.report.fault("11 client process killed", SIZE + IDLE.toSeconds() + " s");
		TestServer server = trafficServer(IDLE);
		PeerProcess process = processOfClients(server, IDLE);
		awaitMoreCalls();
		long killed = System.nanoTime();
		process.kill();
		await().atMost(Network.PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(server.connections().all()).isEmpty());
		this.report.measuredSince("unregistered after", killed);
		int callsBefore = this.ledger.callCount();
		PeerProcess next = processOfClients(server, IDLE);
		awaitMoreCalls();
		assertThat(this.ledger.callCount()).isGreaterThan(callsBefore);
		assertThat(server.connections().all()).hasSize(CLIENTS);
		finish(next);
	}

	@Test
	void clientsToldToEndFailNoCall() throws Exception {
		this.report.fault("10 graceful stop of the clients' process (SIGTERM)", SIZE + LONG_IDLE.toSeconds() + " s");
		TestServer server = trafficServer(LONG_IDLE);
		PeerProcess process = processOfClients(server, LONG_IDLE);
		awaitMoreCalls();
		long told = System.nanoTime();
		process.terminate();
		assertThat(TrafficPeer.awaitDrain(process)).as("all calls ended in the grace period").isTrue();
		this.report.measuredSince("ended after", told);
		this.traffic.stop();
		this.ledger.verify();
		assertThat(this.ledger.lost()).as("calls that failed although their handlers ran").isEmpty();
		assertThat(server.connections().all()).isEmpty();
	}

	@Test
	void aPausedServerCostsNothing() throws Exception {
		this.report.fault("19 server process paused for 3 s", SIZE + LONG_IDLE.toSeconds() + " s");
		PeerProcess process = server(LONG_IDLE, 0);
		List<TestClient> clients = clients(process.awaitPort(), LONG_IDLE, false);
		process.pause();
		Network.pass(PAUSE);
		process.resume();
		awaitMoreCalls();
		assertThat(clients).allSatisfy((client) -> assertThat(client.log().reasons()).isEmpty());
		finish(process);
		assertThat(this.ledger.failed()).isEmpty();
	}

	@Test
	void pausedClientsCostNothing() throws Exception {
		this.report.fault("19 clients' process paused for 3 s", SIZE + LONG_IDLE.toSeconds() + " s");
		TestServer server = trafficServer(LONG_IDLE);
		PeerProcess process = processOfClients(server, LONG_IDLE);
		awaitMoreCalls();
		process.pause();
		Network.pass(PAUSE);
		process.resume();
		awaitMoreCalls();
		assertThat(server.log().reasons()).isEmpty();
		finish(process);
		assertThat(this.ledger.failed()).isEmpty();
	}

	private PeerProcess server(Duration idle, int port) throws Exception {
		return this.peers.add(TrafficPeer.server(this.ledger, this.directory, idle, CALLS_PER_SECOND, port));
	}

	private List<TestClient> clients(int port, Duration idle, boolean waitForReady) {
		TransportSettings settings = TrafficPeer.settings(idle);
		List<TestClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(this.peers.dialing("localhost:" + port, (builder) -> {
				builder.transportSettings(settings).reconnect(Network.QUICK);
				this.traffic.prepare(builder);
			}));
		}
		clients.forEach(TestClient::awaitConnection);
		clients.forEach((client) -> this.traffic.add(client, waitForReady));
		this.traffic.start();
		this.peers.add(this.traffic::stop);
		awaitMoreCalls();
		return clients;
	}

	private TestServer trafficServer(Duration idle) {
		TransportSettings settings = TrafficPeer.settings(idle);
		TestServer server = this.traffic
			.add(this.peers.server((builder) -> this.traffic.prepare(builder.transportSettings(settings))));
		this.traffic.start();
		return server;
	}

	private PeerProcess processOfClients(TestServer server, Duration idle) throws Exception {
		return this.peers
			.add(TrafficPeer.clients(this.ledger, this.directory, idle, CALLS_PER_SECOND, server.port(), CLIENTS));
	}

	private static void awaitNewConnections(List<TestClient> clients) {
		await().atMost(Network.PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(clients).allMatch((client) -> client.log().connectCount() >= 2));
	}

	private void awaitMoreCalls() {
		int enough = this.ledger.okCount() + 10 * CLIENTS;
		await().atMost(Network.PATIENCE)
			.untilAsserted(() -> assertThat(this.ledger.okCount()).as("calls that ended well").isGreaterThan(enough));
	}

	/**
	 * Ends the traffic of both processes, checks the books, and ends the other process.
	 */
	private void finish(PeerProcess process) throws Exception {
		TrafficPeer.stop(process);
		this.traffic.stop();
		this.ledger.verify();
		process.terminate();
		assertThat(TrafficPeer.awaitDrain(process)).as("drained").isTrue();
	}

}
