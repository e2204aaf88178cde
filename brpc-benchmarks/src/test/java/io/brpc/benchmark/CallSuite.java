package io.brpc.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.report.Outcome;
import io.brpc.benchmark.report.Report;
import io.brpc.benchmark.report.Run;
import io.brpc.benchmark.report.Section;

/**
 * Runs loads of calls on all products by turns. Not safe for use by several threads.
 */
final class CallSuite implements AutoCloseable {

	private static final Duration WARM_UP_STEP = Duration.ofSeconds(2);

	/**
	 * How much faster a warm-up step may be than the one before when it is steady.
	 */
	private static final double STEADY = 0.03;

	private final Options options;

	private final Report report;

	private final Place place;

	private final List<Product> products;

	private final List<Pair> pairs = new ArrayList<>();

	private final Map<String, String> failures = new HashMap<>();

	/**
	 * Starts all products.
	 * @param options the options
	 * @param report where the outcomes go
	 * @param products the products, the baseline first
	 * @param place where
	 * @param connections how many connections each has
	 */
	CallSuite(Options options, Report report, List<Product> products, Place place, int connections) {
		this.options = options;
		this.report = report;
		this.place = place;
		this.products = products;
		for (Product product : products) {
			try {
				Pair pair = new Pair(product, place);
				this.pairs.add(pair);
				pair.connect(connections);
			}
			catch (IOException | IllegalStateException ex) {
				this.failures.put(product.name(), String.valueOf(ex.getMessage()));
			}
		}
	}

	private List<ProcessHandle> processes() {
		return Stream
			.concat(this.place.helpers().stream(), this.pairs.stream().flatMap((pair) -> pair.processes().stream()))
			.toList();
	}

	/**
	 * Runs one load.
	 * @param workload the load
	 * @throws IOException if the report can't be written
	 */
	void run(Workload workload) throws IOException {
		run(workload, workload.title());
	}

	/**
	 * Runs one load under another title.
	 * @param workload the load
	 * @param title the title
	 * @throws IOException if the report can't be written
	 */
	void run(Workload workload, String title) throws IOException {
		Map<String, List<Run>> runs = new HashMap<>();
		Map<String, String> failed = new HashMap<>(this.failures);
		for (Pair pair : this.pairs) {
			attempt(pair, failed, () -> warmUp(pair, workload));
		}
		for (int round = 0; round < this.options.rounds(); round++) {
			for (Pair pair : this.pairs) {
				attempt(pair, failed, () -> runs.computeIfAbsent(pair.product().name(), (name) -> new ArrayList<>())
					.add(run(pair, workload, this.options.runTime())));
			}
		}
		Map<String, Map<String, String>> settings = new HashMap<>();
		for (Pair pair : this.pairs) {
			attempt(pair, failed, () -> settings.put(pair.product().name(), pair.settings()));
		}
		// Of all products: one that does not start is a result, too.
		List<Outcome> outcomes = this.products.stream()
			.map(Product::name)
			.map((name) -> new Outcome(name, runs.getOrDefault(name, List.of()), settings.getOrDefault(name, Map.of()),
					failed.get(name)))
			.toList();
		this.report.add(new Section(title, workload.measure(), outcomes));
	}

	private static void attempt(Pair pair, Map<String, String> failures, Runnable step) {
		String name = pair.product().name();
		if (failures.containsKey(name)) {
			return;
		}
		try {
			step.run();
		}
		catch (IllegalStateException ex) {
			failures.put(name, String.valueOf(ex.getMessage()));
		}
	}

	private Run run(Pair pair, Workload workload, Duration time) {
		LoadSpec load = workload.load().during(time);
		return pair.run(load, workload.reverse(), processes());
	}

	private void warmUp(Pair pair, Workload workload) {
		double before = 0;
		for (Duration done = Duration.ZERO; done.compareTo(this.options.maxWarmUp()) < 0; done = done
			.plus(WARM_UP_STEP)) {
			Run run = run(pair, workload, WARM_UP_STEP);
			boolean steady = run.rate() < before * (1 + STEADY);
			if (run.errors() > 0 || (steady && done.compareTo(this.options.minWarmUp()) >= 0)) {
				return;
			}
			before = run.rate();
		}
	}

	@Override
	public void close() {
		this.pairs.forEach(Pair::close);
	}

}
