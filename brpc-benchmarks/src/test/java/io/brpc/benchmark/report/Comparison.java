package io.brpc.benchmark.report;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * The ratio of a product's figure to the baseline's under the same load, or why there is
 * none.
 */
public sealed interface Comparison {

	/**
	 * A ratio.
	 *
	 * @param value the product's median divided by the baseline's
	 */
	record Ratio(double value) implements Comparison {

		@Override
		public String toString() {
			return Numbers.ratio(this.value);
		}

	}

	/**
	 * What can't be compared.
	 *
	 * @param reason why not
	 */
	record Refused(String reason) implements Comparison {

		@Override
		public String toString() {
			return "not compared: " + this.reason;
		}

	}

	/**
	 * The greatest share of the machine's processors that others may use during a run.
	 */
	double MAX_FOREIGN_LOAD = 0.08;

	/**
	 * Compares.
	 * @param product the product
	 * @param baseline what it is compared with, under the same load
	 * @param figure what to compare
	 * @return the ratio, or why there is none
	 */
	static Comparison of(Outcome product, Outcome baseline, ToDoubleFunction<Run> figure) {
		for (Outcome outcome : List.of(product, baseline)) {
			if (outcome.failure() != null) {
				return new Refused(outcome.product() + " failed: " + outcome.failure());
			}
			if (outcome.runs().isEmpty()) {
				return new Refused(outcome.product() + " has no run");
			}
			for (Run run : outcome.runs()) {
				if (run.errors() > 0) {
					return new Refused(outcome.product() + " had " + run.errors() + " errors");
				}
				if (run.calls() == 0) {
					return new Refused(outcome.product() + " had no call");
				}
				if (run.foreignLoad() > MAX_FOREIGN_LOAD) {
					return new Refused("other processes took " + Numbers.percent(run.foreignLoad())
							+ " of the machine, limit is " + Numbers.percent(MAX_FOREIGN_LOAD));
				}
			}
		}
		String difference = difference(product.settings(), baseline.settings());
		if (!difference.isEmpty()) {
			return new Refused("settings differ: " + difference);
		}
		return new Ratio(product.spread(figure).median() / baseline.spread(figure).median());
	}

	/**
	 * Names the settings that both have, and that differ. A product of another language
	 * has no Java heap to compare.
	 */
	private static String difference(Map<String, String> some, Map<String, String> others) {
		Set<String> names = new TreeSet<>(some.keySet());
		names.retainAll(others.keySet());
		StringBuilder words = new StringBuilder();
		for (String name : names) {
			if (!some.get(name).equals(others.get(name))) {
				words.append(words.isEmpty() ? "" : ", ")
					.append(name)
					.append(' ')
					.append(some.get(name))
					.append(" and ")
					.append(others.get(name));
			}
		}
		return words.toString();
	}

}
