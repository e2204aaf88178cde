package io.brpc.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.benchmark.load.Figures;

/**
 * A process with one end of a product. Not safe for use by several threads.
 */
final class Child implements AutoCloseable {

	private static final Duration EXIT_LIMIT = Duration.ofSeconds(5);

	/**
	 * Where BoringSSL looks for the system's certificate authorities, which nobody here
	 * uses: with them, each dial would cost what the environment makes it cost.
	 */
	private static final List<String> AUTHORITIES = List.of("SSL_CERT_FILE", "SSL_CERT_DIR");

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private final String name;

	private final Process process;

	private final PrintWriter commands;

	private final Figures greeting;

	/**
	 * Starts it and waits until it is ready.
	 * @param name what to call it in messages
	 * @param command the command line
	 * @param log where its standard error goes
	 * @throws IOException if it does not start
	 */
	Child(String name, List<String> command, Path log) throws IOException {
		this.name = name;
		ProcessBuilder builder = new ProcessBuilder(command)
			.redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
		AUTHORITIES.forEach((variable) -> builder.environment().put(variable, "/nonexistent"));
		this.process = builder.start();
		this.commands = new PrintWriter(this.process.outputWriter(StandardCharsets.UTF_8), true);
		Thread reader = new Thread(this::read, name + "-output");
		reader.setDaemon(true);
		reader.start();
		try {
			this.greeting = answer(Duration.ofMinutes(1));
		}
		catch (IllegalStateException ex) {
			close();
			throw ex;
		}
	}

	Figures greeting() {
		return this.greeting;
	}

	ProcessHandle handle() {
		return this.process.toHandle();
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				// Libraries write there too.
				if (line.startsWith("DONE") || line.startsWith("FAILED")) {
					this.answers.add(line);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.answers.add("FAILED the process has ended");
		}
	}

	/**
	 * Tells the process to do something and waits for its answer.
	 * @param command the command
	 * @param arguments its arguments
	 * @param limit how long to wait
	 * @return the answer
	 * @throws IllegalStateException if the process says that it failed, or nothing
	 */
	Figures ask(String command, Figures arguments, Duration limit) {
		this.commands.println(command + " " + arguments);
		return answer(limit);
	}

	private Figures answer(Duration limit) {
		try {
			String line = this.answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
			if (line == null) {
				// What it says later is no answer to the next question.
				this.process.destroyForcibly();
				throw new IllegalStateException(this.name + " did not answer within " + limit.toSeconds() + " s");
			}
			if (!line.startsWith("DONE")) {
				throw new IllegalStateException(this.name + ": " + line);
			}
			return Figures.parse(line);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.commands.close();
		try {
			if (!this.process.waitFor(EXIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
