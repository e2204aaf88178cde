package io.brpc.benchmark.report;

import io.brpc.benchmark.load.Figures;

/**
 * One run of one product under one load. Immutable.
 *
 * @param product whose
 * @param load what the calling end says became of the load
 * @param serving what the other end's process used meanwhile
 * @param foreignLoad what share of the machine's processors others used meanwhile, 0 to 1
 */
public record Run(String product, Figures load, Figures serving, double foreignLoad) {

	private static final double SECOND_NANOS = 1e9;

	public long calls() {
		return this.load.number("calls");
	}

	public long errors() {
		return this.load.number("errors");
	}

	/**
	 * Returns the calls per second.
	 * @return the rate
	 */
	public double rate() {
		return calls() * SECOND_NANOS / this.load.number("nanos");
	}

	/**
	 * Returns the data per second.
	 * @return bytes per second
	 */
	public double throughput() {
		return this.load.number("bytes") * SECOND_NANOS / this.load.number("nanos");
	}

	/**
	 * Returns a percentile of the latencies.
	 * @param percentile {@code p50}, {@code p99} or {@code p999}
	 * @return nanoseconds
	 */
	public double latency(String percentile) {
		return this.load.number(percentile);
	}

	/**
	 * Returns the CPU time of both processes.
	 * @return nanoseconds per call
	 */
	public double cpuPerCall() {
		return perCall("cpu");
	}

	/**
	 * Returns what both processes allocated.
	 * @return bytes of heap per call
	 */
	public double allocatedPerCall() {
		return perCall("allocated");
	}

	private double perCall(String name) {
		return (double) (this.load.number(name) + this.serving.number(name)) / Math.max(1, calls());
	}

	/**
	 * Returns the memory that the server's and the client's process held.
	 * @return bytes
	 */
	public double rss() {
		return this.load.number("rss") + this.serving.number("rss");
	}

}
