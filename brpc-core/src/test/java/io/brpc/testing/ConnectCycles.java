package io.brpc.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.brpc.ClientStub;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;

import static org.awaitility.Awaitility.await;

/**
 * Connects, calls, is called back, and closes, again and again, in a process whose heap
 * has its full size from the start: what its memory grows by is not the heap's.
 * <p>
 * Immutable.
 */
public final class ConnectCycles {

	private static final String MEMORY = "MEMORY";

	private static final String LEFT = "LEFT";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int STEPS = 10;

	private static final Path STATUS = Path.of("/proc/self/status");

	private ConnectCycles() {
	}

	/**
	 * Starts the process.
	 * @param directory for its certificates
	 * @param count how many cycles
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess start(Path directory, int count) throws IOException {
		return PeerProcess.start(ConnectCycles.class, null,
				List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-Dio.netty.leakDetection.level=disabled"),
				directory, Integer.toString(count));
	}

	/**
	 * Waits for a tenth of the cycles to be done.
	 * @param process the process
	 * @param step which tenth, 1 to 10
	 * @return the resident memory, KiB; zero where the system does not tell
	 */
	public static long awaitMemory(PeerProcess process, int step) {
		String start = MEMORY + " " + step + " ";
		return Long.parseLong(process.awaitLine(start).substring(start.length()));
	}

	/**
	 * Waits for the end.
	 * @param process the process
	 * @return what was left when the server had stopped; empty if nothing
	 */
	public static String awaitLeft(PeerProcess process) {
		return process.awaitLine(LEFT).substring(LEFT.length()).strip();
	}

	/**
	 * Runs in the other JVM.
	 * @param arguments the directory, and how many cycles
	 * @throws Exception if something is wrong
	 */
	public static void main(String[] arguments) throws Exception {
		int count = Integer.parseInt(arguments[1]);
		TestServer server = new TestServer(BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials()),
				(builder) -> {
				});
		ClientStub<ExerciseGrpc.ExerciseStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newStub);
		server.start().serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				callers.get().unary(request, responses);
			}
		});
		ExecutorService executor = Executors.newCachedThreadPool();
		for (int i = 1; i <= count; i++) {
			cycle(server, executor);
			if (i % (count / STEPS) == 0) {
				System.out.println(MEMORY + " " + i / (count / STEPS) + " " + residentKiB());
			}
		}
		server.close();
		executor.shutdown();
		System.out.println(LEFT + " " + left());
		Runtime.getRuntime().halt(0);
	}

	private static void cycle(TestServer server, ExecutorService executor) {
		try (BrpcClient client = BrpcClientBuilder
			.forAddress("localhost", server.port(), TestCertificates.shared().clientCredentials())
			.transportSettings(TestWires.settings())
			.addService(new ExerciseService())
			.executor(executor)
			.build()) {
			Payload question = Payloads.text("again");
			if (!CallKind.UNARY.ask(client.channel(), question).equals(question)) {
				throw new AssertionError("another answer");
			}
		}
	}

	private static String left() {
		await().atMost(PATIENCE).until(() -> Leaks.threads().isEmpty());
		return String.join(" ", Leaks.threads());
	}

	private static long residentKiB() throws IOException {
		if (!Files.exists(STATUS)) {
			return 0;
		}
		String line = Files.readAllLines(STATUS)
			.stream()
			.filter((candidate) -> candidate.startsWith("VmRSS:"))
			.findFirst()
			.orElseThrow();
		return Long.parseLong(line.replaceAll("\\D", ""));
	}

}
