package io.brpc.benchmark.report;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

/**
 * All runs of one product under one load. Immutable.
 *
 * @param product whose
 * @param runs one per round
 * @param settings what has to be the same for all that are compared
 * @param failure why there are no more runs; null if nothing went wrong
 */
public record Outcome(String product, List<Run> runs, Map<String, String> settings, @Nullable String failure) {

	public Outcome {
		runs = List.copyOf(runs);
		settings = Map.copyOf(settings);
	}

	/**
	 * Summarizes a figure of all runs.
	 * @param figure the figure
	 * @return its summary
	 */
	public Spread spread(ToDoubleFunction<Run> figure) {
		return Spread.of(this.runs, figure);
	}

}
