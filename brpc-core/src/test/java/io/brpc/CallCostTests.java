package io.brpc;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What a call costs, counted rather than timed: heap that is allocated and packets that
 * are sent, by client and server together. The bounds leave room for a JVM that has
 * compiled little yet, and none for one packet more per call.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class CallCostTests {

	private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private static final int WARM_UP_CALLS = 3000;

	private static final int CALLS = 2000;

	private static final int MANY = 64;

	private static final int LARGE = 64 << 10;

	private static final int LARGE_CALLS = 200;

	private static final int PATIENCE_SECONDS = 30;

	@RegisterExtension
	final Peers peers = new Peers();

	private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

	private Channel channel;

	private TestClient client;

	@BeforeEach
	void connect() {
		// What the detector writes down of every buffer would be most of what is counted.
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
		TestServer server = this.peers.server((builder) -> builder.directExecutor());
		ClientStub<ExerciseGrpc.ExerciseStub> clients = ClientStub.of(server.connections(), ExerciseGrpc::newStub);
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				if (request.getCount() > 0) {
					clients.get().unary(request, responses);
				}
				else {
					super.unary(request, responses);
				}
			}
		});
		this.client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService())
					.executor(Runnable::run)
					.customizeChannel(ManagedChannelBuilder::directExecutor));
		this.channel = this.client.channel();
	}

	@AfterEach
	void restoreLevel() {
		ResourceLeakDetector.setLevel(this.level);
	}

	@Test
	void aCallAloneTakesFewPacketsAndLittleHeap() throws Exception {
		assertCost(measure(0, 1), new Cost(3.6, 32_000), new Cost(3.6, 16_000));
	}

	@Test
	void aNestedCallAloneTakesFewPacketsAndLittleHeap() throws Exception {
		assertCost(measure(1, 1), new Cost(6.5, 55_000), new Cost(6, 32_000));
	}

	@Test
	void callsAtTheSameTimeSharePackets() throws Exception {
		assertCost(measure(0, MANY), new Cost(1, 19_000), new Cost(0.5, 5_000));
	}

	@Test
	void nestedCallsAtTheSameTimeSharePackets() throws Exception {
		assertCost(measure(1, MANY), new Cost(2, 35_000), new Cost(1, 12_000));
	}

	@Test
	void largeMessagesTravelInDatagramsAsLargeAsThePathTakes() throws Exception {
		assumeThat(Epoll.isAvailable()).as("sockets that do not fragment datagrams").isTrue();
		Payload request = Payload.newBuilder().setData(ByteString.copyFrom(new byte[LARGE])).build();
		// Finds the path's MTU meanwhile.
		call(request, LARGE_CALLS, 1);
		long packets = packets();
		call(request, LARGE_CALLS, 1);
		assertThat((double) (packets() - packets) / LARGE_CALLS)
			.as("packets per echo of 64 KiB, of which datagrams of 1,200 B would take 110 without acknowledgements")
			.isPositive()
			.isLessThan(60);
	}

	private static void assertCost(Cost cost, Cost maxOfBrpc1, Cost maxOfBrpc2) {
		Cost max = switch (TestWires.wire()) {
			case BRPC_1 -> maxOfBrpc1;
			case BRPC_2 -> maxOfBrpc2;
		};
		System.out.println(cost + " on " + TestWires.wire() + ", at most " + max);
		assertThat(cost.packets()).as("packets per call, sent and received by the client, of %s", cost)
			.isPositive()
			.isLessThanOrEqualTo(max.packets());
		assertThat(cost.bytes()).as("bytes of heap per call, of both ends, of %s", cost)
			.isPositive()
			.isLessThanOrEqualTo(max.bytes());
	}

	/**
	 * Measures calls of 32 B.
	 * @param depth how often each is called back
	 * @param inFlight how many at the same time
	 * @return what each of them cost
	 */
	private Cost measure(int depth, int inFlight) throws Exception {
		Payload request = Payload.newBuilder().setData(ByteString.copyFrom(new byte[32])).setCount(depth).build();
		call(request, WARM_UP_CALLS, inFlight);
		long packets = packets();
		Map<Long, Long> before = allocated();
		call(request, CALLS, inFlight);
		Map<Long, Long> after = allocated();
		long bytes = after.entrySet()
			.stream()
			.mapToLong((thread) -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
			.sum();
		return new Cost((double) (packets() - packets) / CALLS, (double) bytes / CALLS);
	}

	private void call(Payload request, int count, int inFlight) throws InterruptedException {
		ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(this.channel);
		Semaphore places = new Semaphore(inFlight);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		for (int i = 0; i < count; i++) {
			acquire(places, 1);
			stub.unary(request, new StreamObserver<>() {
				@Override
				public void onNext(Payload response) {
				}

				@Override
				public void onError(Throwable cause) {
					failure.set(cause);
					places.release();
				}

				@Override
				public void onCompleted() {
					places.release();
				}
			});
		}
		acquire(places, inFlight);
		assertThat(failure.get()).as("what became of the calls").isNull();
	}

	private static void acquire(Semaphore places, int count) throws InterruptedException {
		assertThat(places.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)).as("calls end").isTrue();
	}

	private long packets() throws Exception {
		ConnectionStats stats = this.client.awaitConnection()
			.stats()
			.toCompletableFuture()
			.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		return stats.packetsSent() + stats.packetsReceived();
	}

	/**
	 * Asks what each thread has allocated since it started. By thread and not in total:
	 * what a thread of an earlier test has allocated goes from a total when it ends.
	 * @return the bytes by the thread's ID
	 */
	private static Map<Long, Long> allocated() {
		long[] threads = THREADS.getAllThreadIds();
		long[] bytes = THREADS.getThreadAllocatedBytes(threads);
		Map<Long, Long> allocated = new HashMap<>();
		for (int i = 0; i < threads.length; i++) {
			allocated.put(threads[i], Math.max(0, bytes[i]));
		}
		return allocated;
	}

	/**
	 * What a call costs.
	 *
	 * @param packets QUIC packets, sent and received by the client
	 * @param bytes of heap, allocated by both ends
	 */
	private record Cost(double packets, double bytes) {

	}

}
