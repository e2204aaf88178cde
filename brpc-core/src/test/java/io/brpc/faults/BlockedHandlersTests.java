package io.brpc.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.google.common.util.concurrent.MoreExecutors;
import io.brpc.CallLimits;
import io.brpc.CallbackLimits;
import io.brpc.ClientStub;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseFutureStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * More handlers that wait for callbacks, all at once, than a pool has threads. All of
 * them finish: what they wait for never needs a thread that they hold.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class BlockedHandlersTests {

	private static final int CALLS = FaultSize.of(200, 2_000);

	private static final int FEW_THREADS = 4;

	/**
	 * Calls that wait for a place are not what this is about.
	 */
	private static final int MAX_AT_ONCE = 3 * CALLS;

	private static final CallLimits LIMITS = new CallLimits(MAX_AT_ONCE, 1000, 8);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@BeforeEach
	void report(TestInfo test) {
		this.report.fault("17 " + test.getTestMethod().orElseThrow().getName(), CALLS + " nested calls at once");
	}

	@Test
	void theDefaultPoolGrowsWithTheNeed() {
		TestServer server = server((builder) -> {
		});
		ClientStub<ExerciseBlockingStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newBlockingStub);
		server.serve(new ExerciseService((request) -> callers.get().unary(request)));
		// No callback is answered before all handlers wait for theirs.
		TestClient client = client(server, (builder) -> builder.addService(new AllAtOnce(CALLS)));
		assertAllFinish(client);
	}

	@Test
	void handlersOfBothEndsWaitForEachOther() {
		TestServer server = server((builder) -> {
		});
		ClientStub<ExerciseBlockingStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newBlockingStub);
		server.serve(new ExerciseService((request) -> (request.getCount() == 0) ? request
				: callers.get().unary(Payloads.count(request.getCount() - 1))));
		AtomicReference<Channel> forward = new AtomicReference<>();
		TestClient client = client(server, (builder) -> builder
			.addService(new ExerciseService((request) -> ExerciseGrpc.newBlockingStub(forward.get()).unary(request))));
		forward.set(client.channel());
		assertAllFinish(client, Payloads.count(2));
	}

	@Test
	void aFewThreadsOfTheApplicationAreEnoughForBlockingStubs() {
		ExecutorService pool = pool(Executors.newFixedThreadPool(FEW_THREADS));
		TestServer server = server((builder) -> builder.executor(pool));
		ClientStub<ExerciseBlockingStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newBlockingStub);
		server.serve(new ExerciseService((request) -> callers.get().unary(request)));
		ExecutorService clientPool = pool(Executors.newFixedThreadPool(FEW_THREADS));
		assertAllFinish(
				client(server, (builder) -> builder.executor(clientPool).addService(new AllAtOnce(FEW_THREADS))));
	}

	@Test
	void aFewThreadsOfTheApplicationAreEnoughForFutures() {
		ExecutorService pool = pool(Executors.newFixedThreadPool(FEW_THREADS));
		TestServer server = server((builder) -> builder.executor(pool));
		ClientStub<ExerciseFutureStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newFutureStub);
		server.serve(new ExerciseService((request) -> await(callers.get(), request)));
		assertAllFinish(client(server, (builder) -> builder.addService(new AllAtOnce(FEW_THREADS))));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsWaitAsWell() throws Exception {
		ExecutorService threads = pool(
				(ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
		TestServer server = server((builder) -> builder.executor(threads));
		ClientStub<ExerciseBlockingStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newBlockingStub);
		server.serve(new ExerciseService((request) -> callers.get().unary(request)));
		assertAllFinish(client(server, (builder) -> builder.executor(threads).addService(new AllAtOnce(CALLS))));
	}

	private TestServer server(Consumer<BrpcServerBuilder> customizer) {
		return this.peers.server((builder) -> customizer
			.accept(builder.callLimits(LIMITS).callbackLimits(new CallbackLimits(PATIENCE, MAX_AT_ONCE))));
	}

	private TestClient client(TestServer server, Consumer<BrpcClientBuilder> customizer) {
		return this.peers.client(server, (builder) -> customizer.accept(builder.callLimits(LIMITS)));
	}

	private ExecutorService pool(ExecutorService pool) {
		this.peers.add(() -> MoreExecutors.shutdownAndAwaitTermination(pool, PATIENCE));
		return pool;
	}

	private static Payload await(ExerciseFutureStub stub, Payload request) {
		try {
			return stub.unary(request).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw Status.fromThrowable(ex).asRuntimeException();
		}
	}

	private void assertAllFinish(TestClient client) {
		assertAllFinish(client, Payloads.text("wait for me"));
	}

	private void assertAllFinish(TestClient client, Payload request) {
		long begun = System.nanoTime();
		List<Recorder> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			Recorder call = Recorder.reading();
			ExerciseGrpc.newStub(client.channel())
				.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
				.unary(request, call);
			calls.add(call);
		}
		for (Recorder call : calls) {
			assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		}
		this.report.measuredSince("all finished after", begun);
	}

	/**
	 * Answers calls only when so many of them are there, which takes no thread.
	 */
	private static final class AllAtOnce extends ExerciseService {

		private final int count;

		private final List<Runnable> answers = new ArrayList<>();

		AllAtOnce(int count) {
			this.count = count;
		}

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			List<Runnable> due;
			synchronized (this.answers) {
				this.answers.add(() -> super.unary(request, responses));
				if (this.answers.size() < this.count) {
					return;
				}
				due = List.copyOf(this.answers);
				this.answers.clear();
			}
			due.forEach(Runnable::run);
		}

	}

}
