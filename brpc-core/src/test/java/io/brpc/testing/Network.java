package io.brpc.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.brpc.TransportSettings;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server, a {@link UdpRelay} in front of it, clients behind that, and {@link Traffic}
 * both ways. When the test ends, the relay does no more harm.
 * <p>
 * Not safe for use by several threads.
 */
public final class Network {

	/**
	 * Longer than anything that heals takes.
	 */
	public static final Duration PATIENCE = Duration.ofSeconds(45);

	/**
	 * Quick reconnects, as of an application that wants them.
	 */
	public static final ReconnectSettings QUICK = new ReconnectSettings(true, Duration.ofMillis(200),
			Duration.ofMillis(500));

	/**
	 * A JVM that has just started can't do all the calls of fifty clients on two cores;
	 * what waits would be what the test sees.
	 */
	private static final Duration RAMP_UP = FaultSize.of(Duration.ZERO, Duration.ofSeconds(30));

	private final Ledger ledger = new Ledger();

	private final List<TestClient> clients = new ArrayList<>();

	private final Traffic traffic;

	private final TestServer server;

	private final UdpRelay relay;

	/**
	 * Connects everybody, and starts the traffic.
	 * @param peers closes them
	 * @param clientCount how many clients
	 * @param callsPerSecond how many calls each makes, and gets, per second
	 * @param settings of both ends
	 */
	public Network(Peers peers, int clientCount, int callsPerSecond, TransportSettings settings) {
		this(peers, clientCount, callsPerSecond, settings, (builder) -> {
		});
	}

	/**
	 * Connects everybody, and starts the traffic.
	 * @param peers closes them
	 * @param clientCount how many clients
	 * @param callsPerSecond how many calls each makes, and gets, per second
	 * @param settings of both ends
	 * @param customizer changes the clients' builders
	 */
	public Network(Peers peers, int clientCount, int callsPerSecond, TransportSettings settings,
			Consumer<BrpcClientBuilder> customizer) {
		this.traffic = peers.add(Traffic.in(this.ledger, callsPerSecond));
		this.server = peers.server((builder) -> this.traffic.prepare(builder.transportSettings(settings)));
		this.traffic.add(this.server);
		this.relay = peers.add(UdpRelay.to(this.server.port()));
		for (int i = 0; i < clientCount; i++) {
			this.clients.add(peers.dialing("localhost:" + this.relay.port(), (builder) -> {
				this.traffic.prepare(builder.transportSettings(settings));
				customizer.accept(builder);
			}));
		}
		peers.add(this::heal);
		awaitAllConnected();
		this.clients.forEach(this.traffic::add);
		this.traffic.start(RAMP_UP);
		pass(RAMP_UP);
		awaitMoreCalls();
	}

	private void heal() {
		this.traffic.stop();
		this.relay.rules(RelayRules.NONE);
	}

	public Ledger ledger() {
		return this.ledger;
	}

	public UdpRelay relay() {
		return this.relay;
	}

	public TestServer server() {
		return this.server;
	}

	public List<TestClient> clients() {
		return List.copyOf(this.clients);
	}

	/**
	 * Returns how many connections were lost, as clients see it.
	 * @return the number up to now
	 */
	public int disconnectCount() {
		return this.clients.stream().mapToInt((client) -> client.log().reasons().size()).sum();
	}

	/**
	 * Waits until every client is connected, and the server has no other connection.
	 */
	public void awaitAllConnected() {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			assertThat(this.clients).as("clients, through " + this.relay)
				.allMatch((client) -> client.client().connection().isPresent());
			assertThat(this.server.connections().all()).as("connections, through " + this.relay)
				.hasSize(this.clients.size());
		});
	}

	/**
	 * Waits until nobody is connected.
	 */
	public void awaitNoneConnected() {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			assertThat(this.clients).as("clients").allMatch((client) -> client.client().connection().isEmpty());
			assertThat(this.server.connections().all()).as("connections").isEmpty();
		});
	}

	/**
	 * Waits until more calls have ended well, some of each client.
	 */
	public void awaitMoreCalls() {
		int enough = this.ledger.okCount() + 10 * this.clients.size();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.ledger.okCount()).as("calls that ended well, through " + this.relay)
				.isGreaterThan(enough));
	}

	/**
	 * Lets time go by while the traffic goes on, in which no connection may get lost.
	 * @param time how long
	 */
	public void keepConnectedFor(Duration time) {
		int before = disconnectCount();
		await().atMost(time.plus(PATIENCE))
			.during(time)
			.pollInterval(Duration.ofMillis(100))
			.untilAsserted(() -> assertThat(disconnectCount()).as("lost connections, through " + this.relay)
				.isEqualTo(before));
	}

	/**
	 * Lets time go by, whatever happens.
	 * @param time how long
	 */
	public static void pass(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		await().atMost(time.plus(PATIENCE)).pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() >= end);
	}

	/**
	 * Makes no more calls, waits for the end of those in flight, and checks the books.
	 * @return the ledger
	 */
	public Ledger finish() {
		this.traffic.stop();
		this.ledger.verify();
		return this.ledger;
	}

}
