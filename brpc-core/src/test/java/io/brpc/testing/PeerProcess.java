package io.brpc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.TransportSettings;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server or client in a JVM of its own, which can be paused, told to end, and killed.
 * It says on its standard output what happens, a word and perhaps more a line.
 * <p>
 * Safe for use by any thread.
 */
public final class PeerProcess implements AutoCloseable {

	/**
	 * The idle time-out of the peers that never answer.
	 */
	public static final Duration IDLE = Duration.ofSeconds(2);

	private static final String PORT = "PORT";

	private static final String HANDLING = "HANDLING";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Queue<String> lines = new ConcurrentLinkedQueue<>();

	private final Process process;

	private final Thread reader;

	private final Ledger.@Nullable Part part;

	private PeerProcess(Class<?> main, Ledger.@Nullable Part part, List<String> jvmArguments, Path directory,
			String... arguments) throws IOException {
		this.part = part;
		TestCertificates certificates = TestCertificates.shared();
		Files.writeString(directory.resolve("ca.pem"), certificates.authority().getCertificatePEM());
		Files.writeString(directory.resolve("server.pem"), certificates.server().getCertificatePathPEM());
		Files.writeString(directory.resolve("server.key"), certificates.server().getPrivateKeyPEM());
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		// It lives for seconds, in which the second compiler only takes CPU away.
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(TestWires.jvmArguments());
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), directory.toString()));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		this.reader = new Thread(this::read, "peer-process-output");
		this.reader.setDaemon(true);
		this.reader.start();
	}

	/**
	 * Starts a process.
	 * @param main what it runs, with the directory as its first argument
	 * @param ledger what happens to calls there goes into it; null if it says nothing
	 * about calls
	 * @param jvmArguments for the JVM
	 * @param directory where to put the certificates
	 * @param arguments for the program
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	static PeerProcess start(Class<?> main, @Nullable Ledger ledger, List<String> jvmArguments, Path directory,
			String... arguments) throws IOException {
		return new PeerProcess(main, (ledger != null) ? ledger.part() : null, jvmArguments, directory, arguments);
	}

	/**
	 * Starts a process with a server that never answers.
	 * @param directory where to put its certificate
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess server(Path directory) throws IOException {
		return start(PeerProcess.class, null, List.of(), directory, "server");
	}

	/**
	 * Starts a process with a client that never answers.
	 * @param directory where to put its certificate
	 * @param port the server to dial
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess client(Path directory, int port) throws IOException {
		return start(PeerProcess.class, null, List.of(), directory, "client", Integer.toString(port));
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
	 * such), and waits until it is dead and all is read that it said.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void kill() throws InterruptedException {
		// The process itself would close its streams, with what is in them.
		this.process.toHandle().destroyForcibly();
		awaitEnd();
	}

	/**
	 * Tells the process to end (SIGTERM where there is such), and returns at once.
	 */
	public void terminate() {
		this.process.toHandle().destroy();
	}

	/**
	 * Waits until the process has ended and all is read that it said.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitEnd() throws InterruptedException {
		assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the process has ended").isTrue();
		this.reader.join(PATIENCE.toMillis());
		if (this.part != null) {
			this.part.died();
		}
	}

	/**
	 * Writes a line to the process's standard input.
	 * @param line the line
	 * @throws IOException if the process is gone
	 */
	void say(String line) throws IOException {
		OutputStream input = this.process.getOutputStream();
		input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
		input.flush();
	}

	/**
	 * Stops the process in its tracks (SIGSTOP).
	 * @throws Exception if there is no such signal here
	 */
	public void pause() throws Exception {
		signal("STOP");
	}

	/**
	 * Lets a process that was paused go on (SIGCONT).
	 * @throws Exception if there is no such signal here
	 */
	public void resume() throws Exception {
		signal("CONT");
	}

	private void signal(String name) throws Exception {
		Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(this.process.pid())).inheritIO().start();
		assertThat(kill.waitFor()).as("exit code of kill -" + name).isZero();
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

	/**
	 * Waits until the process has said something.
	 * @param start how the line begins
	 * @return the line
	 */
	public String awaitLine(String start) {
		return await().atMost(PATIENCE)
			.until(() -> this.lines.stream().filter((line) -> line.startsWith(start)).findFirst(),
					(line) -> line.isPresent())
			.orElseThrow();
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this::read);
		}
		catch (IOException | UncheckedIOException ex) {
			this.lines.add("no more: " + ex);
		}
	}

	private void read(String line) {
		Ledger.Part part = this.part;
		if (part == null || !PrintedCalls.read(line, part)) {
			this.lines.add(line);
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
		TransportSettings settings = TestWires.settings().withIdle(IDLE, Duration.ZERO);
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
