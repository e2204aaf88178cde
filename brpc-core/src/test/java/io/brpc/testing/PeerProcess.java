package io.brpc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.brpc.TransportSettings;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;

import static org.awaitility.Awaitility.await;

/**
 * A server or client in a JVM of its own, which can be killed. Its handler never answers;
 * it says on its standard output what happens, one word and perhaps a number a line.
 * <p>
 * Safe for use by any thread.
 */
public final class PeerProcess implements AutoCloseable {

	/**
	 * The idle time-out of such processes.
	 */
	public static final Duration IDLE = Duration.ofSeconds(2);

	private static final String PORT = "PORT";

	private static final String HANDLING = "HANDLING";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Queue<String> lines = new ConcurrentLinkedQueue<>();

	private final Process process;

	private PeerProcess(Path directory, String... arguments) throws IOException {
		TestCertificates certificates = TestCertificates.shared();
		Files.writeString(directory.resolve("ca.pem"), certificates.authority().getCertificatePEM());
		Files.writeString(directory.resolve("server.pem"), certificates.server().getCertificatePathPEM());
		Files.writeString(directory.resolve("server.key"), certificates.server().getPrivateKeyPEM());
		List<String> command = Stream.concat(
				Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), PeerProcess.class.getName(), directory.toString()),
				Stream.of(arguments))
			.toList();
		this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		Thread reader = new Thread(this::read, "peer-process-output");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Starts a process with a server.
	 * @param directory where to put its certificate
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess server(Path directory) throws IOException {
		return new PeerProcess(directory, "server");
	}

	/**
	 * Starts a process with a client.
	 * @param directory where to put its certificate
	 * @param port the server to dial
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess client(Path directory, int port) throws IOException {
		return new PeerProcess(directory, "client", Integer.toString(port));
	}

	/**
	 * Waits until the server listens.
	 * @return its port
	 */
	public int awaitPort() {
		return Integer.parseInt(awaitLine(PORT).substring(PORT.length() + 1));
	}

	/**
	 * Waits until a handler runs.
	 */
	public void awaitHandling() {
		awaitLine(HANDLING);
	}

	/**
	 * Kills the process, which gets no chance to say goodbye (SIGKILL where there is
	 * such).
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

	private String awaitLine(String start) {
		return await().atMost(PATIENCE)
			.until(() -> this.lines.stream().filter((line) -> line.startsWith(start)).findFirst(),
					(line) -> line.isPresent())
			.orElseThrow();
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this.lines::add);
		}
		catch (IOException ex) {
			this.lines.add("no more: " + ex);
		}
	}

	/**
	 * Runs in the other JVM, until its standard input ends or it is killed.
	 * @param arguments the certificates' directory, {@code server} or {@code client}, and
	 * for a client the port
	 * @throws Exception if something is wrong
	 */
	public static void main(String[] arguments) throws Exception {
		Path directory = Path.of(arguments[0]);
		TransportSettings settings = TransportSettings.defaults().withIdle(IDLE, Duration.ZERO);
		if (arguments[1].equals("server")) {
			BrpcServer server = BrpcServerBuilder
				.forPort(0,
						TlsServerCredentials.create(directory.resolve("server.pem").toFile(),
								directory.resolve("server.key").toFile()))
				.transportSettings(settings)
				.addService(new Hanging())
				.build();
			server.start();
			System.out.println(PORT + " " + server.getPort());
		}
		else {
			BrpcClientBuilder
				.forAddress("localhost", Integer.parseInt(arguments[2]),
						TlsChannelCredentials.newBuilder().trustManager(directory.resolve("ca.pem").toFile()).build())
				.transportSettings(settings)
				.addService(new Hanging())
				.build()
				.start();
		}
		while (System.in.read() >= 0) {
			// Whoever started this process holds the other end open, and writes nothing.
		}
		System.exit(0);
	}

	private static final class Hanging extends ExerciseGrpc.ExerciseImplBase {

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			System.out.println(HANDLING);
		}

	}

}
