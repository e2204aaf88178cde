package io.brpc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;

import com.google.protobuf.ByteString;
import io.brpc.client.SharedLoop;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Peers;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A fan-out to 10,000 clients, whose answers together are larger than the heap. Takes
 * minutes, so it runs only when asked for: <pre>
 * mvn -Dfast -pl brpc-core -am package -Dtest=FanOutStressTests \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dbrpc.stress=true -DargLine=-Xmx2g
 * </pre> With {@code -Dbrpc.stress.clients} it has another number of clients.
 */
@EnabledIfSystemProperty(named = "brpc.stress", matches = "true")
class FanOutStressTests {

	private static final Logger logger = LoggerFactory.getLogger(FanOutStressTests.class);

	private static final int CLIENTS = Integer.getInteger("brpc.stress.clients", 10_000);

	private static final int WAVE = 250;

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	/**
	 * Long enough for a machine that is busy with all of them.
	 */
	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withIdle(Duration.ofHours(1), Duration.ZERO)
		.withSetupTimeout(PATIENCE);

	@RegisterExtension
	final Peers peers = new Peers();

	private final List<SharedLoop> loops = IntStream.range(0, 2).mapToObj((number) -> new SharedLoop()).toList();

	@Test
	void allAnswerThoughTheHeapIsSmallerThanTheirAnswers() throws Exception {
		this.loops.forEach(this.peers::add);
		AtomicInteger size = new AtomicInteger();
		TestServer server = this.peers.server((builder) -> builder.transportSettings(SETTINGS)
			.admissionLimits(new AdmissionLimits(CLIENTS, CLIENTS, CLIENTS, 0)));
		connect(server, size);
		FanOutCall<Payload> call = ClientStub.<Channel>of(server.connections(), Function.identity())
			.fanOut()
			.deadline(PATIENCE)
			.call(ExerciseGrpc.getUnaryMethod(), Payload.getDefaultInstance());
		fanOut("small answers", call);
		size.set((int) (Runtime.getRuntime().maxMemory() / CLIENTS + 1));
		long bytes = fanOut("answers of " + size.get() + " bytes", call);
		assertThat(bytes).isGreaterThan(Runtime.getRuntime().maxMemory());
	}

	private void connect(TestServer server, AtomicInteger size) throws Exception {
		ExerciseService service = new ExerciseService(
				(request) -> Payload.newBuilder().setData(ByteString.copyFrom(new byte[size.get()])).build());
		long start = System.nanoTime();
		for (int number = 0; number < CLIENTS; number++) {
			SharedLoop loop = this.loops.get(number % this.loops.size());
			this.peers.dialing("localhost:" + server.port(), (builder) -> {
				loop.accept(builder);
				builder.addService(service).transportSettings(SETTINGS);
			});
			int expected = number + 1;
			if (expected % WAVE == 0 || expected == CLIENTS) {
				await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(expected));
			}
		}
		report(CLIENTS + " clients connected", start);
	}

	private static long fanOut(String what, FanOutCall<Payload> call) throws Exception {
		AtomicInteger answers = new AtomicInteger();
		AtomicLong bytes = new AtomicLong();
		long start = System.nanoTime();
		call.forEach((answer) -> {
			answers.incrementAndGet();
			bytes.addAndGet(answer.orElseThrow().getData().size());
		});
		report(answers + " clients answered, " + what, start);
		assertThat(answers).hasValue(CLIENTS);
		return bytes.get();
	}

	@SuppressWarnings("SystemGc")
	private static void report(String what, long startNanos) throws Exception {
		long millis = (System.nanoTime() - startNanos) / 1_000_000;
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		List<String> process = Files.exists(Path.of("/proc/self/status")) ? Files
			.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS") || line.startsWith("VmHWM") || line.startsWith("Threads"))
			.toList() : List.of();
		logger.info("{} in {} ms; heap {} of {} MiB; {}", what, millis,
				(runtime.totalMemory() - runtime.freeMemory()) >> 20, runtime.maxMemory() >> 20, process);
	}

}
