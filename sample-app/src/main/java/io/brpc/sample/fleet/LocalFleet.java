package io.brpc.sample.fleet;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;

import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Clients in the server's own process, so that one command shows a fleet; each has a
 * connection of its own all the same, and those of one group a bad network. Every now and
 * then one leaves and another one comes back.
 * <p>
 * Guarded by {@code this}.
 */
@Component
@Profile("server & fleet")
class LocalFleet implements SmartLifecycle {

	private static final List<String> NAMES = List.of("Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Donald",
			"Frances", "Niklaus", "Margaret", "Leslie", "Katherine", "Tony", "Lynn", "Ken", "Hedy", "Dennis", "Jean",
			"Shafi", "Karen", "John", "Mary", "Robin", "Adele");

	private static final String BAD_NETWORK_GROUP = "field";

	private static final List<String> GROUPS = List.of("depot", BAD_NETWORK_GROUP, "harbour", "kiosk");

	private static final RelayRules BAD_NETWORK = RelayRules.NONE.withLoss(0.03)
		.withDelay(Duration.ofMillis(20), Duration.ofMillis(15));

	private final Map<Registration, BrpcClient> present = new LinkedHashMap<>();

	private final Queue<Registration> away = new ArrayDeque<>();

	private final BrpcServer server;

	private final SslBundles bundles;

	private final int size;

	private final Duration thinkingTime;

	private @Nullable UdpRelay badNetwork;

	LocalFleet(BrpcServer server, SslBundles bundles, @Value("${sample.fleet.size}") int size,
			@Value("${sample.fleet.thinking-time}") Duration thinkingTime) {
		this.server = server;
		this.bundles = bundles;
		this.size = size;
		this.thinkingTime = thinkingTime;
	}

	@Override
	public synchronized void start() {
		this.badNetwork = UdpRelay.to(this.server.getPort()).rules(BAD_NETWORK);
		for (int i = 0; i < this.size; i++) {
			String number = (i < NAMES.size()) ? "" : " " + (i / NAMES.size() + 1);
			connect(new Registration(NAMES.get(i % NAMES.size()) + number, GROUPS.get(i % GROUPS.size())));
		}
	}

	/**
	 * Lets a client come.
	 * @param who the client
	 */
	synchronized void connect(Registration who) {
		if (this.badNetwork == null) {
			return;
		}
		int port = who.group().equals(BAD_NETWORK_GROUP) ? this.badNetwork.port() : this.server.getPort();
		BrpcClient client = BrpcClientBuilder.forAddress("localhost", port, credentials())
			.addService(new MemberService(who.name(), this.thinkingTime))
			.addConnectionListener(who)
			.build();
		this.present.put(who, client.start());
	}

	/**
	 * Lets a client leave.
	 * @param who the client
	 */
	synchronized void disconnect(Registration who) {
		BrpcClient client = this.present.remove(who);
		if (client != null) {
			client.shutdown();
		}
	}

	@Scheduled(initialDelayString = "${sample.fleet.churn}", fixedDelayString = "${sample.fleet.churn}")
	synchronized void churn() {
		Registration returning = this.away.poll();
		if (returning != null) {
			connect(returning);
		}
		List<Registration> candidates = List.copyOf(this.present.keySet());
		if (!candidates.isEmpty()) {
			Registration leaving = candidates.get(ThreadLocalRandom.current().nextInt(candidates.size()));
			disconnect(leaving);
			this.away.add(leaving);
		}
	}

	@Override
	public synchronized void stop() {
		this.away.clear();
		this.present.values().forEach(BrpcClient::shutdown);
		this.present.values().forEach(BrpcClient::close);
		this.present.clear();
		if (this.badNetwork != null) {
			this.badNetwork.close();
			this.badNetwork = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.badNetwork != null;
	}

	private ChannelCredentials credentials() {
		SslManagerBundle managers = this.bundles.getBundle("client").getManagers();
		return TlsChannelCredentials.newBuilder()
			.keyManager(managers.getKeyManagers())
			.trustManager(managers.getTrustManagers())
			.build();
	}

}
