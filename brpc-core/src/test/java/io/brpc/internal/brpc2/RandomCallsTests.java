package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.Leaks;
import io.brpc.testing.ModelCall;
import io.brpc.testing.UnsteadyService;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Thousands of calls of all kinds from both ends at a time, many of them cancelled or
 * short of time at a random moment: each one ends exactly once, as a model of it allows,
 * and nothing is left of it at either end. A longer run:
 * {@code -Dbrpc.random.calls=1000000}.
 */
@ExtendWith(Leaks.class)
class RandomCallsTests {

	private static final int CALLS = Integer.getInteger("brpc.random.calls", 400);

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everyCallEndsOnceAndLeavesNothing(boolean direct) throws Exception {
		long seed = Long.getLong("brpc.random.seed", System.nanoTime());
		System.out.println("brpc.random.seed=" + seed);
		ExecutorService pool = Executors.newCachedThreadPool();
		Executor executor = direct ? Runnable::run : pool;
		SessionSettings defaults = SessionSettings.defaults();
		SessionSettings settings = new SessionSettings(40, 3, 2048, 300_000, 8192, 2, 16 << 20, 2000, 64 << 20, 100_000,
				defaults.stallTimeout(), defaults.keepAliveInterval());
		UnsteadyService service = new UnsteadyService();
		try (SessionPair pair = new SessionPair(new SessionPeer(Side.SERVER, settings, executor, List.of(service)),
				new SessionPeer(Side.CLIENT, settings, executor, List.of(service)))) {
			Random random = new Random(seed);
			List<ModelCall> calls = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				ModelCall call = new ModelCall(random.nextLong());
				calls.add(call);
				call.start(pair.peer(random.nextBoolean() ? Side.SERVER : Side.CLIENT).channel());
				if (i >= 100) {
					calls.get(i - 100).awaitEnd();
				}
			}
			for (ModelCall call : calls) {
				call.awaitEnd();
			}
			for (Side side : Side.values()) {
				SessionPeer peer = pair.peer(side);
				await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
					assertThat(peer.session().outboundCalls()).as("outbound").isZero();
					assertThat(peer.session().inboundCalls()).as("inbound").isZero();
					assertThat(peer.session().queuedBytes()).as("queued").isZero();
				});
				assertThat(peer.isBroken()).isFalse();
				peer.run(() -> peer.session().drain());
			}
			pair.server().awaitDrained();
			pair.client().awaitDrained();
			await().atMost(30, TimeUnit.SECONDS).until(service::allHaveEnded);
		}
		finally {
			pool.shutdown();
		}
	}

}
