package io.brpc.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One load and how each product did. Immutable.
 *
 * @param title the load in words
 * @param measure the figure of merit
 * @param outcomes one per product, the baseline's first
 */
public record Section(String title, Measure measure, List<Outcome> outcomes) {

	/**
	 * What matters most about a load.
	 */
	@SuppressWarnings("ImmutableEnumChecker")
	public enum Measure {

		/**
		 * Calls per second.
		 */
		CALLS(Run::rate, Numbers::perSecond),

		/**
		 * Data per second.
		 */
		DATA(Run::throughput, Numbers::bytesPerSecond),

		/**
		 * The median latency.
		 */
		LATENCY((run) -> run.latency("p50"), Numbers::time);

		private final ToDoubleFunction<Run> figure;

		private final Function<Double, String> words;

		Measure(ToDoubleFunction<Run> figure, Function<Double, String> words) {
			this.figure = figure;
			this.words = words;
		}

		ToDoubleFunction<Run> figure() {
			return this.figure;
		}

		String words(double value) {
			return this.words.apply(value);
		}

	}

	static final List<String> HEAD = List.of("load", "product", "median", "spread", "to baseline", "p50", "p99", "p999",
			"p99, p999 to baseline", "CPU per call", "CPU to baseline", "heap per call", "RSS", "others");

	public Section {
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
				List.of(this.title, outcome.product(), "", "", compared(outcome).toString()));
		while (cells.size() < HEAD.size()) {
			cells.add("");
		}
		return cells;
	}

	private List<String> row(Outcome outcome) {
		Spread merit = outcome.spread(this.measure.figure());
		return List.of(this.title, outcome.product(), this.measure.words(merit.median()),
				Numbers.percent(merit.width()), compared(outcome).toString(), time(outcome, "p50"),
				time(outcome, "p99"), time(outcome, "p999"),
				ratio(outcome, (run) -> run.latency("p99")) + ", " + ratio(outcome, (run) -> run.latency("p999")),
				Numbers.time(outcome.spread(Run::cpuPerCall).median()), ratio(outcome, Run::cpuPerCall),
				Numbers.kilobytes(outcome.spread(Run::allocatedPerCall).median()),
				Numbers.megabytes(outcome.spread(Run::rss).median()),
				Numbers.percent(outcome.spread(Run::foreignLoad).max()));
	}

	private static String time(Outcome outcome, String percentile) {
		return Numbers.time(outcome.spread((run) -> run.latency(percentile)).median());
	}

	private String ratio(Outcome outcome, ToDoubleFunction<Run> figure) {
		return (Comparison.of(outcome, baseline(), figure) instanceof Comparison.Ratio ratio) ? ratio.toString() : "-";
	}

}
