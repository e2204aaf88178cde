package io.brpc.internal.brpc2;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.CloseReason.Origin;
import io.brpc.TransportSettings;
import io.brpc.testing.Leaks;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the signs of life are good for that a server asks for, if its client never says
 * anything by itself.
 */
@ExtendWith(Leaks.class)
class KeepAliveTests {

	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration INTERVAL = Duration.ofMillis(500);

	private static final TransportSettings TRANSPORT = SessionPair.TRANSPORT.withIdle(IDLE_TIMEOUT, Duration.ZERO);

	/**
	 * The second client's time runs out after the first one's, which has been silent for
	 * longer, would have.
	 */
	@Test
	void idleClientStaysUnlessItsPathIsDead() throws Exception {
		try (SessionPair live = new SessionPair(server(), client(), TRANSPORT)) {
			UdpRelay[] path = new UdpRelay[1];
			try (SessionPair dead = new SessionPair(server(), client(), TRANSPORT, (port) -> {
				path[0] = UdpRelay.to(port);
				return path[0].port();
			}); UdpRelay relay = path[0]) {
				relay.rules(RelayRules.NONE.withBlackhole(true));
				assertThat(dead.server().awaitClosed().origin()).isEqualTo(Origin.TIMEOUT);
				assertThat(dead.client().awaitClosed().origin()).isEqualTo(Origin.TIMEOUT);
			}
			CompletableFuture<Long> answered = new CompletableFuture<>();
			live.client().run(() -> live.client().session().ping(answered::complete));
			assertThat(answered.get(30, TimeUnit.SECONDS)).isPositive();
		}
	}

	private static SessionPeer server() {
		return new SessionPeer(Side.SERVER, settings(INTERVAL), Runnable::run, List.of());
	}

	private static SessionPeer client() {
		return new SessionPeer(Side.CLIENT, settings(Duration.ZERO), Runnable::run, List.of());
	}

	private static SessionSettings settings(Duration keepAliveInterval) {
		SessionSettings defaults = SessionSettings.defaults();
		return new SessionSettings(defaults.maxCalls(), defaults.maxLanes(), defaults.maxLaneFrame(),
				defaults.maxMessage(), defaults.maxMetadata(), defaults.maxMethods(), defaults.maxQueuedBytes(),
				defaults.callWindow(), defaults.maxUntakenBytes(), defaults.maxCancelsPerSecond(),
				defaults.stallTimeout(), keepAliveInterval);
	}

}
