package io.brpc.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One load and how each product did. Immutable.
 *
 * @param group which plot it belongs to, a file's name
 * @param title the load in words
 * @param measure the figure of merit
 * @param marks what products have to reach
 * @param outcomes one per product, the baseline's first
 */
public record Section(String group, String title, Measure measure, List<Mark> marks, List<Outcome> outcomes) {

	static final List<String> HEAD = List.of("load", "product", "median", "spread", "to baseline", "mark", "calls/s",
			"p50", "p99", "p999", "p99, p999 to baseline", "CPU per call", "CPU to baseline", "heap per call", "RSS",
			"others");

	public Section {
		marks = List.copyOf(marks);
		outcomes = List.copyOf(outcomes);
	}

	Outcome baseline() {
		return this.outcomes.get(0);
	}

	Comparison compared(Outcome outcome) {
		return Comparison.of(outcome, baseline(), this.measure.figure());
	}

	/**
	 * Returns the rows of the table.
	 * @return one per product
	 */
	List<List<String>> rows() {
		List<List<String>> rows = new ArrayList<>();
		for (Outcome outcome : this.outcomes) {
			rows.add(outcome.runs().isEmpty() ? failed(outcome) : row(outcome));
		}
		return rows;
	}

	private List<String> failed(Outcome outcome) {
		List<String> cells = new ArrayList<>(
				List.of(this.title, outcome.product(), "", "", compared(outcome).toString(), marks(outcome)));
		while (cells.size() < HEAD.size()) {
			cells.add("");
		}
		return cells;
	}

	private List<String> row(Outcome outcome) {
		Spread merit = outcome.spread(this.measure.figure());
		return List.of(this.title, outcome.product(), this.measure.words(merit.median()),
				Numbers.percent(merit.width()), compared(outcome).toString(), marks(outcome),
				Numbers.perSecond(outcome.spread(Run::rate).median()), time(outcome, "p50"), time(outcome, "p99"),
				time(outcome, "p999"),
				ratio(outcome, (run) -> run.latency("p99")) + ", " + ratio(outcome, (run) -> run.latency("p999")),
				Numbers.time(outcome.spread(Run::cpuPerCall).median()), ratio(outcome, Run::cpuPerCall),
				Numbers.kilobytes(outcome.spread(Run::allocatedPerCall).median()),
				Numbers.megabytes(outcome.spread(Run::rss).median()),
				Numbers.percent(outcome.spread(Run::foreignLoad).max()));
	}

	private String marks(Outcome outcome) {
		return this.marks.stream()
			.filter((mark) -> mark.product().equals(outcome.product()))
			.map((mark) -> mark.verdict(this, outcome))
			.collect(Collectors.joining("; "));
	}

	private static String time(Outcome outcome, String percentile) {
		return Numbers.time(outcome.spread((run) -> run.latency(percentile)).median());
	}

	private String ratio(Outcome outcome, ToDoubleFunction<Run> figure) {
		return (Comparison.of(outcome, baseline(), figure) instanceof Comparison.Ratio ratio) ? ratio.toString() : "-";
	}

}
