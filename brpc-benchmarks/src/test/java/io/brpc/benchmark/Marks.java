package io.brpc.benchmark;

import java.util.List;

import io.brpc.benchmark.report.Mark;
import io.brpc.benchmark.report.Measure;
import io.brpc.benchmark.report.Numbers;

/**
 * What this project's wires have to reach; see {@code docs/performance.md}. Not
 * instantiable.
 */
final class Marks {

	private static final String HTTP2 = "brpc/1";

	private static final String FRAMES = "brpc/2";

	private static final String RSOCKET = "rsocket-tls";

	private static final double KILOBYTE = 1000;

	private Marks() {
	}

	static List<Mark> nestedCalls() {
		return calls(0.75);
	}

	static List<Mark> unaryCalls() {
		return calls(0.8);
	}

	private static List<Mark> calls(double http2) {
		return List.of(of(HTTP2, Measure.CALLS, http2), of(FRAMES, Measure.CALLS, 4),
				new Mark(FRAMES, Measure.CALLS, 1, RSOCKET));
	}

	static List<Mark> callsAlone() {
		return List.of(of(HTTP2, Measure.LATENCY, 1.5), of(FRAMES, Measure.LATENCY, 1.1));
	}

	static List<Mark> streams() {
		return List.of(of(HTTP2, Measure.DATA, 0.35), new Mark(FRAMES, Measure.DATA, 1, HTTP2));
	}

	static List<Mark> dials() {
		return List.of(of(HTTP2, Measure.CALLS, 0.9), of(FRAMES, Measure.CALLS, 2));
	}

	static List<Mark> onePercentLost() {
		return List.of(of(HTTP2, Measure.TAIL, 0.1), of(FRAMES, Measure.TAIL, 0.05));
	}

	private static Mark of(String product, Measure measure, double bound) {
		return new Mark(product, measure, bound, Product.BASELINE);
	}

	/**
	 * Judges what an idle connection costs the server.
	 * @param product the product
	 * @param heapBytes on the heap
	 * @param outsideBytes outside it
	 * @return the mark and the verdict; empty if there is none
	 */
	static String memory(String product, double heapBytes, double outsideBytes) {
		return switch (product) {
			case HTTP2 -> memory(12, 55, heapBytes, outsideBytes);
			case FRAMES -> memory(8, 40, heapBytes, outsideBytes);
			default -> "";
		};
	}

	private static String memory(int heap, int outside, double heapBytes, double outsideBytes) {
		return " (" + heap + " + " + outside + " KB or less: "
				+ Mark.verdict(heapBytes <= heap * KILOBYTE && outsideBytes <= outside * KILOBYTE) + ")";
	}

	/**
	 * Judges what idle connections take from the calls of another one.
	 * @param product the product
	 * @param ratio calls per second with and without them
	 * @return the mark and the verdict; empty if there is none
	 */
	static String besideIdle(String product, double ratio) {
		double bound = 0.95;
		return product.equals(HTTP2) || product.equals(FRAMES)
				? " (" + Numbers.ratio(bound) + " or more: " + Mark.verdict(ratio >= bound) + ")" : "";
	}

}
