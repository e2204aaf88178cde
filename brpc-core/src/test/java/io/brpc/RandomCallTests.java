package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.CallKind;
import io.brpc.testing.Leaks;
import io.brpc.testing.ModelCall;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.UnsteadyService;
import io.grpc.Channel;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls of all kinds from both ends at a time, many of them cancelled or short of time at
 * a random moment: each one ends exactly once, as a model of it allows, nothing is left
 * of it, and the connection is as good as new. A longer run:
 * {@code -Dbrpc.random.calls=1000000}.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class RandomCallTests {

	private static final int CALLS = Integer.getInteger("brpc.random.calls", 400);

	private static final int AT_ONCE = 100;

	/**
	 * So that none is refused: what is beyond them has tests of its own.
	 */
	private static final int NO_LIMIT = 1_000_000;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@RegisterExtension
	final Peers peers = new Peers();

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everyCallEndsOnceAndLeavesNothing(boolean direct) throws Exception {
		long seed = Long.getLong("brpc.random.seed", System.nanoTime());
		System.out.println("brpc.random.seed=" + seed);
		CallLimits limits = new CallLimits(1000, NO_LIMIT, 8);
		UnsteadyService service = new UnsteadyService();
		TestServer server = this.peers.server((builder) -> {
			builder.callLimits(limits).callbackLimits(new CallbackLimits(PATIENCE, 1000));
			if (direct) {
				builder.directExecutor();
			}
		}).serve(service);
		TestClient client = this.peers.client(server, (builder) -> {
			builder.callLimits(limits).addService(service);
			if (direct) {
				builder.executor(Runnable::run);
			}
		});
		List<Channel> channels = List.of(client.channel(), server.channelTo(client));
		Random random = new Random(seed);
		List<ModelCall> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			ModelCall call = new ModelCall(random.nextLong());
			calls.add(call);
			call.start(channels.get(random.nextInt(channels.size())));
			if (i >= AT_ONCE) {
				calls.get(i - AT_ONCE).awaitEnd();
			}
		}
		for (ModelCall call : calls) {
			call.awaitEnd();
		}
		await().atMost(PATIENCE).until(service::allHaveEnded);
		BrpcConnection near = client.awaitConnection();
		for (BrpcConnection end : List.of(near, server.awaitConnection(near.id()))) {
			await().atMost(PATIENCE).untilAsserted(() -> {
				ConnectionStats stats = end.stats().toCompletableFuture().get(30, TimeUnit.SECONDS);
				assertThat(stats.outboundCalls()).as("outbound").isZero();
				assertThat(stats.inboundCalls()).as("inbound").isZero();
				assertThat(stats.queuedBytes()).as("queued").isZero();
			});
			assertThat(CallKind.BIDI_STREAM.ask(end.channel(), Payloads.text("answer"))).isNotNull();
		}
		assertThat(client.log().connectCount()).isEqualTo(1);
	}

}
