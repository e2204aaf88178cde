package io.brpc.benchmark.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the calls of one run. Safe for use by any thread.
 */
final class Tally {

	private static final int SIGNIFICANT_DIGITS = 3;

	private final Recorder latencies = new Recorder(SIGNIFICANT_DIGITS);

	private final LongAdder calls = new LongAdder();

	private final LongAdder bytes = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private final AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();

	private final long begunNanos = System.nanoTime();

	/**
	 * Counts a call.
	 * @param latencyNanos how long it took, or would have seemed to take to whoever
	 * wanted it to begin at its time
	 * @param bytes of data that came
	 * @param failure what went wrong; null if nothing did
	 */
	void count(long latencyNanos, long bytes, @Nullable Throwable failure) {
		if (failure != null) {
			this.errors.increment();
			this.firstError.compareAndSet(null, failure);
			return;
		}
		this.calls.increment();
		this.bytes.add(bytes);
		this.latencies.recordValue(Math.max(0, latencyNanos));
	}

	boolean hasFailed() {
		return this.firstError.get() != null;
	}

	/**
	 * Returns what was counted. To be called once, when all calls have ended.
	 * @return the figures
	 */
	Figures figures() {
		long elapsedNanos = System.nanoTime() - this.begunNanos;
		Histogram histogram = this.latencies.getIntervalHistogram();
		Map<String, String> values = new TreeMap<>();
		values.put("calls", Long.toString(this.calls.sum()));
		values.put("bytes", Long.toString(this.bytes.sum()));
		values.put("errors", Long.toString(this.errors.sum()));
		values.put("nanos", Long.toString(elapsedNanos));
		values.put("p50", Long.toString(histogram.getValueAtPercentile(50)));
		values.put("p99", Long.toString(histogram.getValueAtPercentile(99)));
		values.put("p999", Long.toString(histogram.getValueAtPercentile(99.9)));
		values.put("max", Long.toString(histogram.getMaxValue()));
		Throwable failure = this.firstError.get();
		if (failure != null) {
			values.put("failure", failure.toString().replaceAll("[\\s=]+", "_"));
		}
		return new Figures(values);
	}

}
