package io.brpc.benchmark.report;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A figure of a run that products are judged by.
 */
@SuppressWarnings("ImmutableEnumChecker")
public enum Measure {

	/**
	 * Calls per second.
	 */
	CALLS("calls/s", true, Run::rate, Numbers::perSecond),

	/**
	 * Data per second.
	 */
	DATA("data/s", true, Run::throughput, Numbers::bytesPerSecond),

	/**
	 * The median latency.
	 */
	LATENCY("p50", false, (run) -> run.latency("p50"), Numbers::time),

	/**
	 * The latency that one call in a thousand exceeds.
	 */
	TAIL("p999", false, (run) -> run.latency("p999"), Numbers::time);

	private final String label;

	private final boolean moreIsBetter;

	private final ToDoubleFunction<Run> figure;

	private final Function<Double, String> words;

	Measure(String label, boolean moreIsBetter, ToDoubleFunction<Run> figure, Function<Double, String> words) {
		this.label = label;
		this.moreIsBetter = moreIsBetter;
		this.figure = figure;
		this.words = words;
	}

	ToDoubleFunction<Run> figure() {
		return this.figure;
	}

	boolean moreIsBetter() {
		return this.moreIsBetter;
	}

	String words(double value) {
		return this.words.apply(value);
	}

	@Override
	public String toString() {
		return this.label;
	}

}
