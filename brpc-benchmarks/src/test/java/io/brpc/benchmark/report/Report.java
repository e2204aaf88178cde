package io.brpc.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Collects what was measured and writes a Markdown file, with a plot beside it for each
 * group of loads. Written anew whenever something is added, each file in one step, so
 * that a run that is broken off at any time leaves what it has. Not safe for use by
 * several threads.
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
		replace("benchmark.md", text.toString());
		Map<String, List<Section>> groups = this.sections.stream()
			.collect(Collectors.groupingBy(Section::group, TreeMap::new, Collectors.toList()));
		for (Map.Entry<String, List<Section>> group : groups.entrySet()) {
			replace(group.getKey() + ".svg", new RatioPlot(group.getValue()).svg());
		}
	}

	private void replace(String name, String text) throws IOException {
		Path draft = this.directory.resolve(name + ".draft");
		Files.writeString(draft, text);
		Files.move(draft, this.directory.resolve(name), StandardCopyOption.REPLACE_EXISTING,
				StandardCopyOption.ATOMIC_MOVE);
	}

	private static String line(List<String> cells) {
		return "| " + String.join(" | ", cells) + " |\n";
	}

}
