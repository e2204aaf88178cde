package io.brpc.benchmark.report;

/**
 * What a product has to reach under a load. Immutable.
 *
 * @param product whose mark it is
 * @param measure what is compared
 * @param bound the least ratio, or the greatest where less is better
 * @param peer whom it is compared with, in the same run
 */
public record Mark(String product, Measure measure, double bound, String peer) {

	/**
	 * Tells whether a section's outcome reaches it.
	 * @param section the load
	 * @param product the product's outcome
	 * @return the mark, and {@code passed}, {@code missed} or {@code not judged}
	 */
	String verdict(Section section, Outcome product) {
		String demand = this.measure + " " + Numbers.ratio(this.bound) + " of " + this.peer
				+ (this.measure.moreIsBetter() ? " or more: " : " or less: ");
		return demand + section.outcomes()
			.stream()
			.filter((outcome) -> outcome.product().equals(this.peer))
			.findFirst()
			.map((peers) -> judge(Comparison.of(product, peers, this.measure.figure())))
			.orElse("not judged");
	}

	private String judge(Comparison comparison) {
		if (!(comparison instanceof Comparison.Ratio ratio)) {
			return "not judged";
		}
		boolean passed = this.measure.moreIsBetter() ? ratio.value() >= this.bound : ratio.value() <= this.bound;
		return ratio + ", " + verdict(passed);
	}

	/**
	 * Returns the word for whether a mark is reached.
	 * @param passed whether it is
	 * @return the word, for a table
	 */
	public static String verdict(boolean passed) {
		return passed ? "passed" : "**missed**";
	}

}
