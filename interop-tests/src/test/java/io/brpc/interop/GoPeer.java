package io.brpc.interop;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of the Go peer, built once with the {@code go} on the path from
 * {@code src/test/go}. Commands go to its standard input, and what it says comes as lines
 * from its standard output. Where there is no {@code go}, the test that asks for it is
 * skipped.
 * <p>
 * Not safe for use by several threads.
 */
final class GoPeer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(GoPeer.class);

	private static final long LINE_SECONDS = 30;

	private static final long EXIT_SECONDS = 15;

	private static final long CLOSE_SECONDS = 2;

	/**
	 * The first build downloads modules and compiles them all.
	 */
	private static final long BUILD_MINUTES = 3;

	private static @Nullable Path program;

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	private final Queue<String> all = new ConcurrentLinkedQueue<>();

	private final Process process;

	private final PrintWriter commands;

	private GoPeer(Process process) {
		this.process = process;
		this.commands = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8),
				true);
		read("go-peer-out", process.getInputStream(), true);
		read("go-peer-err", process.getErrorStream(), false);
	}

	/**
	 * Starts a client that dials and waits for commands.
	 * @param target where to
	 * @param flags more of the program's flags
	 * @return the client, on its way
	 */
	static GoPeer client(String target, String... flags) {
		return client("client", target, flags);
	}

	/**
	 * Starts a client that speaks brpc/2.
	 * @param target where to
	 * @param flags more of the program's flags
	 * @return the client, on its way
	 */
	static GoPeer frameClient(String target, String... flags) {
		return client("client2", target, flags);
	}

	private static GoPeer client(String role, String target, String... flags) {
		List<String> arguments = new ArrayList<>(
				List.of(role, "-target", target, "-ca", pem("ca", authorityCertificate())));
		arguments.addAll(Arrays.asList(flags));
		return start(arguments);
	}

	/**
	 * Starts a server.
	 * @param flags the program's flags
	 * @return the server, on its way; it says {@code listening} and its port
	 */
	static GoPeer server(String... flags) {
		return server("server", flags);
	}

	/**
	 * Starts a server that speaks brpc/2.
	 * @param flags the program's flags
	 * @return the server, on its way; it says {@code listening} and its port
	 */
	static GoPeer frameServer(String... flags) {
		return server("server2", flags);
	}

	private static GoPeer server(String role, String... flags) {
		TestCertificates certificates = TestCertificates.shared();
		List<String> arguments = new ArrayList<>(
				List.of(role, "-cert", pem("cert", certificates.server().getCertificatePathPEM()), "-key",
						pem("key", certificates.server().getPrivateKeyPEM())));
		arguments.addAll(Arrays.asList(flags));
		return start(arguments);
	}

	private static String authorityCertificate() {
		return TestCertificates.shared().authority().getCertificatePEM();
	}

	private static GoPeer start(List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(program().toString()));
		command.addAll(arguments);
		try {
			return new GoPeer(new ProcessBuilder(command).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Skips the test where there is no Go.
	 */
	private static synchronized Path program() {
		if (program == null) {
			requireGo();
			program = build();
		}
		return program;
	}

	private static void requireGo() {
		if (!isGoThere()) {
			String words = "SKIPPED: the test against a peer in Go needs `go` on the path, and there is none";
			logger.warn(words);
			Assumptions.abort(words);
		}
	}

	private static boolean isGoThere() {
		for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
			if (new File(directory, "go").canExecute() || new File(directory, "go.exe").canExecute()) {
				return true;
			}
		}
		return false;
	}

	private static Path build() {
		Path program = Path.of("target", "gopeer").toAbsolutePath();
		go("build", Map.of(), "-o", program.toString(), ".");
		return program;
	}

	/**
	 * Runs the tests that a package of the peer has of its own, and fails if one of them
	 * does.
	 * @param directory of the package, below {@code src/test/go}
	 * @param target a server for the tests that want one
	 */
	static void test(String directory, String target) {
		requireGo();
		go("test", Map.of("BRPC_TARGET", target, "BRPC_CA", pem("ca", authorityCertificate())), "-count=1", "-v",
				"./" + directory);
	}

	private static void go(String command, Map<String, String> environment, String... arguments) {
		List<String> line = new ArrayList<>(List.of("go", command, "-mod=readonly", "-buildvcs=false"));
		line.addAll(Arrays.asList(arguments));
		Path log = Path.of("target", "gopeer-" + command + ".log").toAbsolutePath();
		try {
			ProcessBuilder builder = new ProcessBuilder(line).directory(new File("src/test/go"))
				.redirectErrorStream(true)
				.redirectOutput(log.toFile());
			builder.environment().putAll(environment);
			Process process = builder.start();
			if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
				process.destroyForcibly();
				throw new IllegalStateException(
						"go " + command + " took more than " + BUILD_MINUTES + " minutes, see " + log);
			}
			if (process.exitValue() != 0) {
				throw new IllegalStateException("go " + command + " failed: " + Files.readString(log));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted in go " + command, ex);
		}
	}

	private static String pem(String name, String text) {
		try {
			Path file = Files.createTempFile("brpc-" + name, ".pem");
			file.toFile().deleteOnExit();
			return Files.writeString(file, text).toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read(String name, InputStream stream, boolean answers) {
		Thread thread = new Thread(() -> {
			try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
				for (String line = lines.readLine(); line != null; line = lines.readLine()) {
					this.all.add(line);
					if (answers) {
						this.said.add(line);
					}
				}
			}
			catch (IOException ex) {
				this.all.add("(" + name + " broke off: " + ex.getMessage() + ")");
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Sends a command.
	 * @param line the command
	 */
	void command(String line) {
		this.commands.println(line);
	}

	/**
	 * Sends a command and waits for the answer.
	 * @param line the command
	 * @return the line that comes next
	 */
	String ask(String line) {
		command(line);
		return next();
	}

	/**
	 * Waits for the next line.
	 * @return the line
	 */
	String next() {
		try {
			String line = this.said.poll(LINE_SECONDS, TimeUnit.SECONDS);
			if (line == null) {
				throw new IllegalStateException(
						"the Go peer said nothing for " + LINE_SECONDS + " s; before: " + this.all);
			}
			return line;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

	/**
	 * Returns all that the process said, on both of its outputs.
	 * @return a snapshot
	 */
	List<String> all() {
		return List.copyOf(this.all);
	}

	/**
	 * Ends the process without a chance to say goodbye (SIGKILL).
	 */
	void kill() {
		this.process.destroyForcibly();
	}

	/**
	 * Ends the commands, upon which the process says goodbye and ends.
	 */
	void endCommands() {
		this.commands.close();
	}

	/**
	 * Ends the commands and waits for the process to end by itself.
	 * @return its exit code
	 */
	int finish() {
		endCommands();
		try {
			if (!this.process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException("the Go peer does not end; it said: " + this.all);
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
	}

	/**
	 * Lets the process end by itself if it does that soon, and kills it otherwise.
	 */
	@Override
	public void close() {
		endCommands();
		try {
			if (!this.process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
				kill();
			}
		}
		catch (InterruptedException ex) {
			kill();
			Thread.currentThread().interrupt();
		}
	}

}
