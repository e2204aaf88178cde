package io.brpc.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Collects what was measured and writes a Markdown file, with a plot beside it for each
 * group of loads. Written anew whenever something is added, so that a run that is broken
 * off leaves what it has. Not safe for use by several threads.
 */
public final class Report {

	private final Path directory;

	private final Map<String, String> machine;

	private final List<Section> sections = new ArrayList<>();

	private final List<String> facts = new ArrayList<>();

	/**
	 * Begins a report.
	 * @param directory where to write it
	 * @param machine what it was measured on, by name
	 */
	public Report(Path directory, Map<String, String> machine) {
		this.directory = directory;
		this.machine = machine;
	}

	/**
	 * Adds a load.
	 * @param section the load
	 * @throws IOException if it can't be written
	 */
	public void add(Section section) throws IOException {
		this.sections.add(section);
		write();
		section.rows().forEach((row) -> System.out.println(String.join(" | ", row)));
	}

	/**
	 * Adds something that is no load.
	 * @param fact one line
	 * @throws IOException if it can't be written
	 */
	public void add(String fact) throws IOException {
		this.facts.add(fact);
		write();
		System.out.println(fact);
	}

	private void write() throws IOException {
		Files.createDirectories(this.directory);
		StringBuilder text = new StringBuilder("# Benchmark\n\n| | |\n| --- | --- |\n");
		this.machine
			.forEach((name, value) -> text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
		text.append('\n');
		if (!this.sections.isEmpty()) {
			text.append(line(Section.HEAD)).append(line(Section.HEAD.stream().map((cell) -> "---").toList()));
			this.sections.forEach((section) -> section.rows().forEach((row) -> text.append(line(row))));
			text.append('\n');
		}
		this.facts.forEach((fact) -> text.append("- ").append(fact).append('\n'));
		Files.writeString(this.directory.resolve("benchmark.md"), text.toString());
		Files.writeString(this.directory.resolve("ratios.svg"), new RatioPlot(this.sections).svg());
	}

	private static String line(List<String> cells) {
		return "| " + String.join(" | ", cells) + " |\n";
	}

}
