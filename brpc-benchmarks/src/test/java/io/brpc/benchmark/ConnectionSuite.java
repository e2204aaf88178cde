package io.brpc.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.report.Comparison;
import io.brpc.benchmark.report.Mark;
import io.brpc.benchmark.report.Numbers;
import io.brpc.benchmark.report.Report;
import io.brpc.benchmark.report.Run;
import io.brpc.benchmark.report.Spread;

/**
 * Measures connections that are idle, and calls beside them. Whatever goes wrong with a
 * product is in the report. Not safe for use by several threads.
 */
final class ConnectionSuite {

	/**
	 * So many connections, and the server has loaded all classes and grown its pools.
	 */
	private static final int FIRST = 50;

	private static final int BESIDE_IN_FLIGHT = 64;

	private static final int FAN_OUT_CONCURRENCY = 256;

	private static final Duration PATIENCE = Duration.ofMinutes(4);

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
	 * Measures what idle connections cost the server, and asks all of them something.
	 * @param product the product
	 * @param count how many connections
	 * @throws IOException if the report can't be written
	 */
	void idle(Product product, int count) throws IOException {
		String title = product.name() + ", " + count + " idle connections";
		attempt(title, () -> measureIdle(title, product, count));
	}

	private void measureIdle(String title, Product product, int count) throws IOException {
		try (Pair pair = new Pair(product, this.place)) {
			pair.connect(FIRST);
			Figures before = pair.server().ask("collect", NOTHING, PATIENCE);
			Figures clientBefore = pair.client().ask("collect", NOTHING, PATIENCE);
			long begun = System.nanoTime();
			pair.connect(count);
			double seconds = (System.nanoTime() - begun) / 1e9;
			Figures after = pair.server().ask("collect", NOTHING, PATIENCE);
			Figures clientAfter = pair.client().ask("collect", NOTHING, PATIENCE);
			this.report.add(title + ": server " + perConnection(before, after, count)
					+ Marks.memory(product.name(), perConnection(before, after, "heap", count),
							perConnection(before, after, "rss", count))
					+ "; client " + perConnection(clientBefore, clientAfter, count) + "; connected in "
					+ String.format(Locale.ROOT, "%.1f s", seconds));
			if (product.name().startsWith("brpc")) {
				fanOut(pair, count + FIRST);
			}
		}
	}

	private void attempt(String title, Step step) throws IOException {
		try {
			step.run();
		}
		catch (IOException | RuntimeException ex) {
			this.report.add(title + ": failed, " + ex.getMessage());
		}
	}

	private static String perConnection(Figures before, Figures after, int count) {
		return Numbers.kilobytes(perConnection(before, after, "heap", count)) + " of heap and "
				+ Numbers.kilobytes(perConnection(before, after, "rss", count)) + " outside it each";
	}

	private static double perConnection(Figures before, Figures after, String name, int count) {
		return (double) (after.number(name) - before.number(name)) / count;
	}

	private void fanOut(Pair pair, int count) throws IOException {
		for (String round : List.of("first", "second")) {
			Figures before = pair.server().ask("usage", NOTHING, PATIENCE);
			Figures result = pair.server()
				.ask("fanout", new Figures(Map.of("concurrency", Integer.toString(FAN_OUT_CONCURRENCY))), PATIENCE);
			this.report.add(pair.product().name() + ", " + round + " fan-out to " + count + " clients, "
					+ FAN_OUT_CONCURRENCY + " at a time: " + result.number("answered") + " answered (all: "
					+ Mark.verdict(result.number("answered") == count) + ") in "
					+ Numbers.time((double) result.number("nanos")) + ", RSS of the server grew by "
					+ Numbers.megabytes((double) (result.number("rss") - before.number("rss"))));
		}
	}

	/**
	 * Measures calls of one client with and without many others that are idle.
	 * @param product the product
	 * @param count how many others
	 * @throws IOException if the report can't be written
	 */
	void besideIdle(Product product, int count) throws IOException {
		String title = product.name() + ", unary, 32 B, 64 in flight, beside " + count + " idle connections";
		attempt(title, () -> measureBesideIdle(title, product, count));
	}

	private void measureBesideIdle(String title, Product product, int count) throws IOException {
		LoadSpec load = LoadSpec.closed(Kind.UNARY, 32, BESIDE_IN_FLIGHT);
		try (Pair pair = new Pair(product, this.place)) {
			pair.connect(1);
			pair.run(load.during(this.options.minWarmUp()), false, pair.processes());
			List<Run> without = runs(pair, load, pair.processes());
			try (Child idle = new Child(product.name() + " idle clients", product.client(this.place.certificates(),
					this.place.host(), (int) pair.server().greeting().number("port")), this.place.log())) {
				idle.ask("connect", new Figures(Map.of("count", Integer.toString(count))), PATIENCE);
				List<ProcessHandle> own = new ArrayList<>(pair.processes());
				own.add(idle.handle());
				pair.run(load.during(this.options.runTime()), false, own);
				List<Run> with = runs(pair, load, own);
				Spread before = Spread.of(without, Run::rate);
				Spread beside = Spread.of(with, Run::rate);
				double foreign = Math.max(Spread.of(without, Run::foreignLoad).max(),
						Spread.of(with, Run::foreignLoad).max());
				double ratio = beside.median() / before.median();
				this.report.add(title + ": " + Numbers.perSecond(beside.median()) + ", without "
						+ Numbers.perSecond(before.median()) + ", "
						+ (disturbed(foreign) ? "not compared: others took " + Numbers.percent(foreign)
								: Numbers.ratio(ratio) + Marks.besideIdle(product.name(), ratio)));
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

	/**
	 * Something that can go wrong.
	 */
	@FunctionalInterface
	private interface Step {

		void run() throws IOException;

	}

}
