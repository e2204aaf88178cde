package io.brpc.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.brpc.benchmark.report.Comparison;
import io.brpc.benchmark.report.Outcome;
import io.brpc.benchmark.report.Run;
import org.jspecify.annotations.Nullable;

/**
 * One product while loads of calls run on all of them by turns. What goes wrong with it
 * ends its part in the load, and the next load finds processes that are new; a product
 * that does not start is not started again. Not safe for use by several threads.
 */
final class Contender implements AutoCloseable {

	private static final Duration WARM_UP_STEP = Duration.ofSeconds(2);

	/**
	 * How much faster a warm-up step may be than the one before when it is steady.
	 */
	private static final double STEADY = 0.03;

	private final Options options;

	private final Product product;

	private final Place place;

	private final int connections;

	private final Set<String> warmKinds = new HashSet<>();

	private final List<Run> runs = new ArrayList<>();

	private @Nullable Pair pair;

	private @Nullable String startFailure;

	private @Nullable String failure;

	/**
	 * Describes it, and starts nothing.
	 * @param options the options
	 * @param product the product
	 * @param place where
	 * @param connections how many it has
	 */
	Contender(Options options, Product product, Place place, int connections) {
		this.options = options;
		this.product = product;
		this.place = place;
		this.connections = connections;
	}

	/**
	 * Begins a load: starts and connects the processes if there are none.
	 */
	void begin() {
		this.runs.clear();
		this.failure = this.startFailure;
		if (this.pair != null || this.startFailure != null) {
			return;
		}
		try {
			this.pair = new Pair(this.product, this.place);
			this.pair.connect(this.connections);
		}
		catch (IOException | RuntimeException ex) {
			this.startFailure = String.valueOf(ex.getMessage());
			this.failure = this.startFailure;
			close();
		}
	}

	List<ProcessHandle> processes() {
		return (this.pair != null) ? this.pair.processes() : List.of();
	}

	/**
	 * Runs the load until it gets no faster; for a shorter time if it has run the same
	 * code before.
	 * @param workload the load
	 * @param own all processes of the benchmark
	 */
	void warmUp(Workload workload, Collection<ProcessHandle> own) {
		boolean warm = !this.warmKinds.add(workload.kind());
		Duration least = warm ? WARM_UP_STEP : this.options.minWarmUp();
		Duration most = warm ? this.options.minWarmUp() : this.options.maxWarmUp();
		attempt((running) -> {
			double before = 0;
			for (Duration done = Duration.ZERO; done.compareTo(most) < 0; done = done.plus(WARM_UP_STEP)) {
				Run run = running.run(workload.load().during(WARM_UP_STEP), workload.reverse(), own);
				boolean steady = run.rate() < before * (1 + STEADY);
				if (run.errors() > 0 || (steady && done.compareTo(least) >= 0)) {
					return;
				}
				before = run.rate();
			}
		});
	}

	/**
	 * Runs the load once more; twice if others took too much of the machine meanwhile.
	 * @param workload the load
	 * @param own all processes of the benchmark
	 */
	void run(Workload workload, Collection<ProcessHandle> own) {
		attempt((running) -> {
			Run first = running.run(workload.load().during(this.options.runTime()), workload.reverse(), own);
			this.runs.add((first.foreignLoad() <= Comparison.MAX_FOREIGN_LOAD) ? first
					: running.run(workload.load().during(this.options.runTime()), workload.reverse(), own));
		});
	}

	/**
	 * Ends the load.
	 * @return what came out
	 */
	Outcome end() {
		List<Map<String, String>> settings = new ArrayList<>();
		attempt((running) -> settings.add(running.settings()));
		if (this.failure != null || this.runs.stream().anyMatch((run) -> run.errors() > 0)) {
			close();
		}
		return new Outcome(this.product.name(), this.runs, settings.isEmpty() ? Map.of() : settings.get(0),
				this.failure);
	}

	private void attempt(Step step) {
		if (this.failure != null || this.pair == null) {
			return;
		}
		try {
			step.on(this.pair);
		}
		catch (RuntimeException ex) {
			this.failure = String.valueOf(ex.getMessage());
		}
	}

	@Override
	public void close() {
		if (this.pair != null) {
			this.pair.close();
			this.pair = null;
			this.warmKinds.clear();
		}
	}

	/**
	 * Something to do with a pair of processes.
	 */
	@FunctionalInterface
	private interface Step {

		void on(Pair running);

	}

}
