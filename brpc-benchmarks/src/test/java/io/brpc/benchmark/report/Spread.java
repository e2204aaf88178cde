package io.brpc.benchmark.report;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Several measurements of one thing. Immutable.
 *
 * @param median the middle one; of an even number, the lower of the two in the middle
 * @param min the least
 * @param max the greatest
 */
public record Spread(double median, double min, double max) {

	/**
	 * Summarizes.
	 * @param <T> what was measured
	 * @param measured at least one
	 * @param figure what to take of each
	 * @return the summary
	 */
	public static <T> Spread of(Collection<T> measured, ToDoubleFunction<T> figure) {
		List<Double> sorted = measured.stream().mapToDouble(figure).sorted().boxed().toList();
		return new Spread(sorted.get((sorted.size() - 1) / 2), sorted.get(0), sorted.get(sorted.size() - 1));
	}

	/**
	 * Returns how far apart the measurements are.
	 * @return the distance of the outermost two, as a share of the median
	 */
	public double width() {
		return (this.median == 0) ? 0 : (this.max - this.min) / this.median;
	}

}
