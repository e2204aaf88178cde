package io.brpc.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.brpc.benchmark.peer.Certificates;
import io.brpc.benchmark.report.Report;

/**
 * Compares this project with what people would use instead. See
 * {@code docs/performance.md}.
 */
public final class Benchmark {

	private static final String HEAP = "512m";

	private static final String LARGE_HEAP = "2g";

	private static final int MANY = 2000;

	private static final int VERY_MANY = 10_000;

	/**
	 * What connecting takes, to begin nothing that can't end in time.
	 */
	private static final Duration CONNECTION_TIME = Duration.ofMillis(10);

	private final Options options;

	private final Report report;

	private final Place place;

	private final List<Product> products = new ArrayList<>();

	private final long begunNanos = System.nanoTime();

	private Benchmark(Options options) throws IOException {
		this.options = options;
		Path directory = options.directory().toAbsolutePath();
		Path keys = Files.createDirectories(directory.resolve("keys"));
		this.report = new Report(directory, Machine.describe());
		this.place = Place.loopback(Certificates.make(keys), directory.resolve("processes.log"));
	}

	/**
	 * Runs the benchmark.
	 * @param arguments see {@link Options#parse(String...)}
	 * @throws IOException if the report can't be written
	 */
	public static void main(String[] arguments) throws IOException {
		Benchmark benchmark = new Benchmark(Options.parse(arguments));
		benchmark.findProducts();
		benchmark.runCalls(1);
		benchmark.runDials();
		if (benchmark.options.full()) {
			benchmark.runIdle(MANY);
			benchmark.runLoss();
			benchmark.runIdle(VERY_MANY);
			benchmark.runBesideIdle();
			benchmark.runCalls(Workload.MANY_CONNECTIONS);
		}
		System.exit(0);
	}

	private boolean isAsked(String title) {
		return this.options.only().matcher(title).find();
	}

	/**
	 * Tells whether a load is asked for and there is time for it.
	 */
	private boolean wants(String title, Duration expected) throws IOException {
		if (!isAsked(title)) {
			return false;
		}
		boolean inTime = System.nanoTime() + expected.toNanos() - this.begunNanos < this.options.limit().toNanos();
		if (!inTime) {
			this.report.add("SKIPPED: " + title + ", because all would take longer than "
					+ this.options.limit().toMinutes() + " minutes");
		}
		return inTime;
	}

	/**
	 * Returns the least time that a load takes on some products by turns.
	 */
	private Duration turns(int count) {
		return this.options.minWarmUp()
			.plus(this.options.runTime().multipliedBy(this.options.rounds()))
			.multipliedBy(count);
	}

	private void findProducts() throws IOException {
		for (String name : this.options.products()) {
			if (!name.equals("go")) {
				this.products.add(Product.java(name, HEAP));
			}
			else if (GoPrograms.available()) {
				try {
					this.products.add(new Product(name, name, List.of(goProgram("peer").toString())));
				}
				catch (IOException ex) {
					this.report.add("SKIPPED: the Go library, " + ex.getMessage());
				}
			}
			else {
				this.report.add("SKIPPED: the Go library, because there is no `go` on the path");
			}
		}
	}

	private Path goProgram(String name) throws IOException {
		return new GoPrograms(this.options.directory()).build(Path.of("src", "test", "go", name));
	}

	private void runCalls(int connections) throws IOException {
		try (CallSuite suite = new CallSuite(this.options, this.report, this.products, this.place, connections)) {
			for (Workload workload : Workload.all(this.options.full())) {
				if (workload.connections() == connections && wants(workload.title(), turns(this.products.size()))) {
					suite.run(workload);
				}
			}
		}
	}

	private void runDials() throws IOException {
		if (wants(DialSuite.TITLE, turns(this.products.size()))) {
			try (DialSuite suite = new DialSuite(this.options, this.report, this.products, this.place)) {
				suite.run();
			}
		}
	}

	private void runIdle(int count) throws IOException {
		ConnectionSuite suite = new ConnectionSuite(this.options, this.report, this.place);
		for (Product product : comparedWithBaseline()) {
			if (wants(product.name() + ", " + count + " idle connections", CONNECTION_TIME.multipliedBy(count))) {
				suite.idle(Product.java(product.name(), LARGE_HEAP), count);
			}
		}
	}

	private void runBesideIdle() throws IOException {
		ConnectionSuite suite = new ConnectionSuite(this.options, this.report, this.place);
		for (Product product : comparedWithBaseline()) {
			if (wants(product.name() + ", calls beside " + MANY + " idle connections", turns(2))) {
				suite.besideIdle(product, MANY);
			}
		}
	}

	private void runLoss() throws IOException {
		if (LossyPath.all().stream().map(Workload::underLoss).noneMatch((workload) -> isAsked(workload.title()))) {
			return;
		}
		List<Product> products = comparedWithBaseline();
		String obstacle = LossyNetwork.obstacle();
		if (!obstacle.isEmpty()) {
			this.report.add("SKIPPED: packet loss, " + obstacle);
			return;
		}
		Path log = this.options.directory().toAbsolutePath().resolve("processes.log");
		try (LossyNetwork network = new LossyNetwork(goProgram("tun"), log);
				CallSuite suite = new CallSuite(this.options, this.report, products,
						network.place(this.place.certificates(), log), 1)) {
			for (LossyPath path : LossyPath.all()) {
				Workload workload = Workload.underLoss(path);
				if (wants(workload.title(), turns(products.size()))) {
					network.set(path);
					suite.run(workload);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			this.report.add("SKIPPED: the rest of packet loss, " + ex.getMessage());
		}
	}

	/**
	 * Returns this project's wires and the baseline: what others do with many connections
	 * or with loss is not what this is about.
	 */
	private List<Product> comparedWithBaseline() {
		return this.products.stream()
			.filter((product) -> product.name().equals(Product.BASELINE) || product.name().startsWith("brpc"))
			.toList();
	}

}
