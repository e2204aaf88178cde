package io.brpc.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.brpc.benchmark.report.Measure;
import io.brpc.benchmark.report.Outcome;
import io.brpc.benchmark.report.Report;
import io.brpc.benchmark.report.Run;
import io.brpc.benchmark.report.Section;

/**
 * Connects, makes one call that is called back, and closes, on all products by turns. Not
 * safe for use by several threads.
 */
final class DialSuite implements AutoCloseable {

	/**
	 * What its load is called.
	 */
	static final String TITLE = "new connections, one nested call each, 8 at a time";

	private static final int DIALING = 8;

	private final Options options;

	private final Report report;

	private final List<Product> products;

	private final List<Pair> pairs = new ArrayList<>();

	private final List<ProcessHandle> own = new ArrayList<>();

	private final Map<String, List<Run>> runs = new HashMap<>();

	private final Map<String, String> failures = new HashMap<>();

	/**
	 * Starts all products.
	 * @param options the options
	 * @param report where the outcomes go
	 * @param products the products, the baseline first
	 * @param place where
	 */
	DialSuite(Options options, Report report, List<Product> products, Place place) {
		this.options = options;
		this.report = report;
		this.products = products;
		for (Product product : products) {
			this.runs.put(product.name(), new ArrayList<>());
			try {
				Pair pair = new Pair(product, place);
				this.pairs.add(pair);
				this.own.addAll(pair.processes());
			}
			catch (IOException | RuntimeException ex) {
				this.failures.put(product.name(), String.valueOf(ex.getMessage()));
			}
		}
	}

	/**
	 * Runs it. Whatever goes wrong with a product is in the report.
	 * @throws IOException if the report can't be written
	 */
	void run() throws IOException {
		for (int round = -1; round < this.options.rounds(); round++) {
			for (Pair pair : this.pairs) {
				run(pair, round < 0);
			}
		}
		List<Outcome> outcomes = this.products.stream()
			.map(Product::name)
			.map((name) -> new Outcome(name, this.runs.get(name), Map.of(), this.failures.get(name)))
			.toList();
		this.report.add(new Section("connections", TITLE, Measure.CALLS, Marks.dials(), outcomes));
	}

	private void run(Pair pair, boolean warmUp) {
		String name = pair.product().name();
		if (this.failures.containsKey(name)) {
			return;
		}
		try {
			Run run = pair.dial(DIALING, warmUp ? this.options.minWarmUp() : this.options.runTime(), this.own);
			if (!warmUp) {
				this.runs.get(name).add(run);
			}
		}
		catch (RuntimeException ex) {
			this.failures.put(name, String.valueOf(ex.getMessage()));
		}
	}

	@Override
	public void close() {
		this.pairs.forEach(Pair::close);
	}

}
