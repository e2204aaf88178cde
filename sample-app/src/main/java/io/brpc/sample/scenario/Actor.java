package io.brpc.sample.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * One process of the sample, whose output is shown with its name in front.
 * <p>
 * Guarded by {@code lines}.
 */
final class Actor implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(90);

	@GuardedBy("lines")
	private final List<String> lines = new ArrayList<>();

	@GuardedBy("lines")
	private boolean silent;

	private final String name;

	private final Process process;

	Actor(String name, Process process) {
		this.name = name;
		this.process = process;
		Thread reader = new Thread(this::read, "output-of-" + name);
		reader.setDaemon(true);
		reader.start();
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader()) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				System.out.println("[" + this.name + "] " + line);
				synchronized (this.lines) {
					this.lines.add(line);
					this.lines.notifyAll();
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			synchronized (this.lines) {
				this.silent = true;
				this.lines.notifyAll();
			}
		}
	}

	/**
	 * Waits until a line of the output says something.
	 * @param expression what, as a regular expression
	 * @param times how often
	 * @return what was found last
	 * @throws InterruptedException if the thread is interrupted
	 * @throws IllegalStateException if it does not say so in time, or ended
	 */
	MatchResult says(String expression, int times) throws InterruptedException {
		Pattern pattern = Pattern.compile(expression);
		long end = System.nanoTime() + LIMIT.toNanos();
		synchronized (this.lines) {
			while (true) {
				List<MatchResult> found = this.lines.stream()
					.flatMap((line) -> pattern.matcher(line).results().limit(1))
					.toList();
				if (found.size() >= times) {
					return found.get(times - 1);
				}
				if (this.silent) {
					throw new IllegalStateException(this.name + " ended without saying '" + expression + "'");
				}
				long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
				if (left <= 0) {
					throw new IllegalStateException(this.name + " did not say '" + expression + "'");
				}
				this.lines.wait(left);
			}
		}
	}

	MatchResult says(String expression) throws InterruptedException {
		return says(expression, 1);
	}

	String name() {
		return this.name;
	}

	/**
	 * Asks the process to end, as an operating system does (SIGTERM). By its handle,
	 * because the process itself would close its output too.
	 */
	void terminate() {
		this.process.toHandle().destroy();
	}

	/**
	 * Ends the process without a warning (SIGKILL).
	 */
	void kill() {
		this.process.toHandle().destroyForcibly();
	}

	/**
	 * Waits for the end.
	 * @throws InterruptedException if the thread is interrupted
	 * @throws IllegalStateException if it does not end in time
	 */
	void ends() throws InterruptedException {
		if (!this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException(this.name + " still runs");
		}
	}

	@Override
	public void close() {
		this.process.toHandle().destroyForcibly();
	}

}
