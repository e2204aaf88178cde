package io.brpc.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.report.Comparison;
import io.brpc.benchmark.report.Numbers;
import io.brpc.benchmark.report.Outcome;
import io.brpc.benchmark.report.Report;
import io.brpc.benchmark.report.Run;
import io.brpc.benchmark.report.Section;
import io.brpc.benchmark.report.Spread;

/**
 * Measures connections rather than calls. Not safe for use by several threads.
 */
final class ConnectionSuite {

	private static final int DIALING = 8;

	/**
	 * So many connections, and the server has loaded all classes and grown its pools.
	 */
	private static final int FIRST = 50;

	private static final int BESIDE_IN_FLIGHT = 64;

	private static final int FAN_OUT_CONCURRENCY = 256;

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final Figures NOTHING = new Figures(Map.of());

	private final Options options;

	private final Report report;

	private final Place place;

	ConnectionSuite(Options options, Report report, Place place) {
		this.options = options;
		this.report = report;
		this.place = place;
	}

	/**
	 * Connects, makes one call that is called back, and closes, by turns.
	 * @param products the products, the baseline first
	 * @throws IOException if something can't be started or written
	 */
	void dial(List<Product> products) throws IOException {
		List<Pair> pairs = new ArrayList<>();
		try {
			Map<String, String> failures = new HashMap<>();
			for (Product product : products) {
				try {
					pairs.add(new Pair(product, this.place));
				}
				catch (IOException | IllegalStateException ex) {
					failures.put(product.name(), String.valueOf(ex.getMessage()));
				}
			}
			List<ProcessHandle> own = pairs.stream().flatMap((pair) -> pair.processes().stream()).toList();
			Map<String, List<Run>> runs = new HashMap<>();
			for (int round = -1; round < this.options.rounds(); round++) {
				for (Pair pair : pairs) {
					dial(pair, round < 0, own, runs, failures);
				}
			}
			List<Outcome> outcomes = products.stream()
				.map(Product::name)
				.map((name) -> new Outcome(name, runs.getOrDefault(name, List.of()), Map.of(), failures.get(name)))
				.toList();
			this.report.add(new Section("new connection, one nested call, " + DIALING + " at a time",
					Section.Measure.CALLS, outcomes));
		}
		finally {
			pairs.forEach(Pair::close);
		}
	}

	private void dial(Pair pair, boolean warmUp, List<ProcessHandle> own, Map<String, List<Run>> runs,
			Map<String, String> failures) {
		String name = pair.product().name();
		if (failures.containsKey(name)) {
			return;
		}
		try {
			Run run = pair.dial(DIALING, warmUp ? this.options.minWarmUp() : this.options.runTime(), own);
			if (!warmUp) {
				runs.computeIfAbsent(name, (key) -> new ArrayList<>()).add(run);
			}
		}
		catch (IllegalStateException ex) {
			failures.put(name, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Measures what idle connections cost the server, and asks all of them something.
	 * @param product the product
	 * @param count how many connections
	 * @throws IOException if something can't be started or written
	 */
	void idle(Product product, int count) throws IOException {
		try (Pair pair = new Pair(product, this.place)) {
			pair.connect(FIRST);
			Figures before = pair.server().ask("collect", NOTHING, PATIENCE);
			Figures clientBefore = pair.client().ask("collect", NOTHING, PATIENCE);
			long begun = System.nanoTime();
			pair.connect(count);
			double seconds = (System.nanoTime() - begun) / 1e9;
			Figures after = pair.server().ask("collect", NOTHING, PATIENCE);
			Figures clientAfter = pair.client().ask("collect", NOTHING, PATIENCE);
			this.report
				.add(product.name() + ", " + count + " idle connections: server " + perConnection(before, after, count)
						+ "; client " + perConnection(clientBefore, clientAfter, count) + "; connected in "
						+ String.format(Locale.ROOT, "%.1f s", seconds));
			if (product.name().startsWith("brpc")) {
				fanOut(pair, count + FIRST);
			}
		}
		catch (IllegalStateException ex) {
			this.report.add(product.name() + ", " + count + " idle connections: failed, " + ex.getMessage());
		}
	}

	private static String perConnection(Figures before, Figures after, int count) {
		double heap = (double) (after.number("heap") - before.number("heap")) / count;
		double rss = (double) (after.number("rss") - before.number("rss")) / count;
		return Numbers.kilobytes(heap) + " of heap and " + Numbers.kilobytes(rss) + " outside it each";
	}

	private void fanOut(Pair pair, int count) throws IOException {
		for (String round : List.of("first", "second")) {
			Figures before = pair.server().ask("usage", NOTHING, PATIENCE);
			Figures result = pair.server()
				.ask("fanout", new Figures(Map.of("concurrency", Integer.toString(FAN_OUT_CONCURRENCY))), PATIENCE);
			this.report.add(pair.product().name() + ", " + round + " fan-out to " + count + " clients, "
					+ FAN_OUT_CONCURRENCY + " at a time: " + result.number("answered") + " answered in "
					+ Numbers.time((double) result.number("nanos")) + ", RSS of the server grew by "
					+ Numbers.megabytes((double) (result.number("rss") - before.number("rss"))));
		}
	}

	/**
	 * Measures calls of one client with and without many others that are idle.
	 * @param product the product
	 * @param count how many others
	 * @throws IOException if something can't be started or written
	 */
	void besideIdle(Product product, int count) throws IOException {
		LoadSpec load = LoadSpec.closed(Kind.UNARY, 32, BESIDE_IN_FLIGHT);
		try (Pair pair = new Pair(product, this.place)) {
			pair.connect(1);
			pair.run(load.during(this.options.maxWarmUp()), false, pair.processes());
			List<Run> without = runs(pair, load, pair.processes());
			try (Child idle = new Child(product.name() + " idle clients", product.client(this.place.certificates(),
					this.place.host(), (int) pair.server().greeting().number("port")), this.place.log())) {
				idle.ask("connect", new Figures(Map.of("count", Integer.toString(count))), PATIENCE);
				List<ProcessHandle> own = new ArrayList<>(pair.processes());
				own.add(idle.handle());
				pair.run(load.during(this.options.minWarmUp()), false, own);
				List<Run> with = runs(pair, load, own);
				Spread before = Spread.of(without, Run::rate);
				Spread beside = Spread.of(with, Run::rate);
				double foreign = Math.max(Spread.of(without, Run::foreignLoad).max(),
						Spread.of(with, Run::foreignLoad).max());
				this.report.add(product.name() + ", unary 32 B, 64 in flight, beside " + count + " idle connections: "
						+ Numbers.perSecond(beside.median()) + ", without " + Numbers.perSecond(before.median()) + ", "
						+ (disturbed(foreign) ? "not compared: others took " + Numbers.percent(foreign)
								: Numbers.ratio(beside.median() / before.median())));
			}
		}
	}

	private static boolean disturbed(double foreign) {
		return foreign > Comparison.MAX_FOREIGN_LOAD;
	}

	private List<Run> runs(Pair pair, LoadSpec load, List<ProcessHandle> own) {
		List<Run> runs = new ArrayList<>();
		for (int round = 0; round < this.options.rounds(); round++) {
			runs.add(pair.run(load.during(this.options.runTime()), false, own));
		}
		return runs;
	}

}
