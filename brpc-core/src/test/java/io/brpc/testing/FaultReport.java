package io.brpc.testing;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Adds a line for each fault test to {@code target/fault-report.md}: what was done to
 * whom, what became of the calls, what was measured, whether it passed. A test that says
 * nothing leaves no line.
 * <p>
 * To be used as a field with {@code @RegisterExtension} and {@code @Order(1)}, so that
 * the line is written when all else has been checked. Not safe for use by several
 * threads.
 */
public final class FaultReport implements BeforeEachCallback, AfterEachCallback {

	private static final Path FILE = Path.of("target", "fault-report.md");

	private static final String HEAD = """
			| fault | size | calls | outcomes | measured | result | at |
			| --- | --- | --- | --- | --- | --- | --- |
			""";

	private final List<String> measured = new ArrayList<>();

	private String fault = "";

	private String size = "";

	private @Nullable Ledger ledger;

	/**
	 * Begins the line.
	 * @param fault the fault's number, and words
	 * @param size how large the test is
	 * @return this
	 */
	public FaultReport fault(String fault, String size) {
		this.fault = fault;
		this.size = size;
		return this;
	}

	/**
	 * Takes the calls' figures from a ledger, at the end.
	 * @param ledger the ledger
	 * @return this
	 */
	public FaultReport calls(Ledger ledger) {
		this.ledger = ledger;
		return this;
	}

	/**
	 * Adds a figure.
	 * @param name what it is
	 * @param value the figure
	 * @return this
	 */
	public FaultReport measured(String name, Object value) {
		this.measured.add(name + " " + ((value instanceof Duration time) ? time.toMillis() + " ms" : value));
		return this;
	}

	/**
	 * Adds how much time has gone by.
	 * @param name what took the time
	 * @param since when it began, {@link System#nanoTime()}
	 * @return this
	 */
	public FaultReport measuredSince(String name, long since) {
		return measured(name, Duration.ofNanos(System.nanoTime() - since));
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		this.measured.clear();
		this.fault = "";
		this.ledger = null;
	}

	@Override
	public void afterEach(ExtensionContext context) throws IOException {
		if (this.fault.isEmpty()) {
			return;
		}
		Optional<Throwable> failure = context.getExecutionException();
		String calls = (this.ledger != null) ? Integer.toString(this.ledger.callCount()) : "";
		String outcomes = (this.ledger != null) ? this.ledger.outcomes().toString() : "";
		String line = "| " + String.join(" | ", this.fault + " (" + TestWires.wire() + ")", this.size, calls, outcomes,
				String.join("; ", this.measured), failure.isPresent() ? "FAIL" : "pass",
				Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()) + " |\n";
		Files.createDirectories(FILE.getParent());
		try {
			Files.writeString(FILE, HEAD, StandardOpenOption.CREATE_NEW);
		}
		catch (FileAlreadyExistsException ex) {
			// Another test, perhaps of another JVM, has begun the report.
		}
		Files.writeString(FILE, line, StandardOpenOption.APPEND);
	}

}
