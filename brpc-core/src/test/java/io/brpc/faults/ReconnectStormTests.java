package io.brpc.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.PeerProcess;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TrafficPeer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * All clients of a server lose it in the same moment, and come back with the reconnect
 * settings that every client has.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class ReconnectStormTests {

	private static final int CLIENTS = FaultSize.of(50, 500);

	private static final Duration IDLE = FaultSize.of(Duration.ofSeconds(3), Duration.ofSeconds(10));

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@TempDir
	Path directory;

	@Test
	void allClientsComeBackToARestartedServer() throws Exception {
		this.report.fault("12 reconnect storm",
				CLIENTS + " clients, 1 callback/s each, idle time-out " + IDLE.toSeconds() + " s");
		Ledger ledger = new Ledger();
		this.report.calls(ledger);
		PeerProcess first = server(ledger, 0);
		int port = first.awaitPort();
		ExecutorService executor = Executors.newCachedThreadPool();
		this.peers.add(executor::shutdownNow);
		List<TestClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(this.peers.dialing("localhost:" + port,
					(builder) -> builder.transportSettings(TrafficPeer.settings(IDLE))
						.interceptCallbacks(ledger.handler())
						.executor(executor)
						.addService(new ExerciseService())));
		}
		awaitConnections(clients, 1);
		first.kill();
		long killed = System.nanoTime();
		PeerProcess second = server(ledger, port);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(clients).allMatch((client) -> !client.log().reasons().isEmpty()));
		this.report.measuredSince("all lost after", killed);
		long lost = System.nanoTime();
		awaitConnections(clients, 2);
		this.report.measuredSince("all back, since the last one knew, after", lost);
		for (TestClient client : clients) {
			assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("back")).getText()).isEqualTo("back");
		}
		TrafficPeer.stop(second);
		ledger.verify();
		second.terminate();
		assertThat(TrafficPeer.awaitDrain(second)).as("drained").isTrue();
	}

	private PeerProcess server(Ledger ledger, int port) throws Exception {
		return this.peers.add(TrafficPeer.server(ledger, this.directory, IDLE, 1, port));
	}

	private static void awaitConnections(List<TestClient> clients, int count) {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(clients).allMatch((client) -> client.log().connectCount() >= count));
	}

}
