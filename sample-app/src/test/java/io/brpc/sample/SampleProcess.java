package io.brpc.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * The sample in a process of its own, which ends with the test at the latest. Used by the
 * test's thread alone.
 */
final class SampleProcess implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofMinutes(2);

	private final Process process;

	private final Path output;

	private SampleProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Starts the sample.
	 * @param directory where it runs, and where its output goes
	 * @param arguments its arguments
	 * @return the process
	 */
	static SampleProcess start(Path directory, String... arguments) {
		return start(directory, List.of(), arguments);
	}

	/**
	 * Starts the sample.
	 * @param directory where it runs, and where its output goes
	 * @param options of the JVM
	 * @param arguments its arguments
	 * @return the process
	 */
	static SampleProcess start(Path directory, List<String> options, String... arguments) {
		try {
			Path output = Files.createTempFile(directory, "sample", ".txt");
			List<String> command = new ArrayList<>(List
				.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
			command.addAll(options);
			command.add(SampleApplication.class.getName());
			command.addAll(List.of(arguments));
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment()
				.put("CLASSPATH",
						System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
			return new SampleProcess(builder.start(), output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for a text in the output.
	 * @param pattern what to wait for
	 * @return where it was found
	 */
	MatchResult await(Pattern pattern) {
		return Awaitility.await(pattern.pattern())
			.atMost(LIMIT)
			.until(() -> pattern.matcher(output()).results().findFirst(), (found) -> {
				if (found.isEmpty() && !this.process.isAlive()) {
					throw new AssertionError("ended without '" + pattern + "':\n" + output());
				}
				return found.isPresent();
			})
			.orElseThrow();
	}

	/**
	 * Waits for the end.
	 * @return the exit code
	 * @throws InterruptedException if the thread is interrupted
	 */
	int exitCode() throws InterruptedException {
		if (!this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
			throw new AssertionError("still runs:\n" + output());
		}
		return this.process.exitValue();
	}

	/**
	 * Asks the process to end, as a terminal or an operating system does.
	 */
	void terminate() {
		this.process.destroy();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.descendants().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
	}

}
