package io.brpc.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

	private final Options options;

	private final Report report;

	private final Place place;

	private final List<Product> products = new ArrayList<>();

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
		benchmark.runCalls();
		if (benchmark.wants("new connections")) {
			new ConnectionSuite(benchmark.options, benchmark.report, benchmark.place).dial(benchmark.products);
		}
		if (benchmark.options.full()) {
			benchmark.runManyConnections();
			benchmark.runLoss();
		}
		System.exit(0);
	}

	private boolean wants(String title) {
		return this.options.only().matcher(title).find();
	}

	private void findProducts() throws IOException {
		for (String name : this.options.products()) {
			if (!name.equals("go")) {
				this.products.add(Product.java(name, HEAP));
			}
			else if (GoPrograms.available()) {
				this.products.add(new Product(name, name, List.of(goProgram("peer").toString())));
			}
			else {
				this.report.add("SKIPPED: the Go library, because there is no `go` on the path");
			}
		}
	}

	private Path goProgram(String name) throws IOException {
		return new GoPrograms(this.options.directory()).build(Path.of("src", "test", "go", name));
	}

	private void runCalls() throws IOException {
		List<Workload> workloads = Workload.all(this.options.full())
			.stream()
			.filter((workload) -> wants(workload.title()))
			.toList();
		for (int connections : workloads.stream().map(Workload::connections).distinct().toList()) {
			try (CallSuite suite = new CallSuite(this.options, this.report, this.products, this.place, connections)) {
				for (Workload workload : workloads) {
					if (workload.connections() == connections) {
						suite.run(workload);
					}
				}
			}
		}
	}

	private void runManyConnections() throws IOException {
		ConnectionSuite suite = new ConnectionSuite(this.options, this.report, this.place);
		for (Product product : this.products) {
			if (!product.isJava()) {
				continue;
			}
			if (wants("beside idle")) {
				suite.besideIdle(product, MANY);
			}
			for (int count : List.of(MANY, VERY_MANY)) {
				if (wants(count + " idle connections")) {
					suite.idle(Product.java(product.name(), LARGE_HEAP), count);
				}
			}
		}
	}

	private void runLoss() throws IOException {
		if (!wants("loss")) {
			return;
		}
		String obstacle = LossyNetwork.obstacle();
		if (!obstacle.isEmpty()) {
			this.report.add("SKIPPED: packet loss, " + obstacle);
			return;
		}
		List<Product> both = this.products.stream().filter((product) -> !product.name().startsWith("rsocket")).toList();
		Path log = this.options.directory().toAbsolutePath().resolve("processes.log");
		try (LossyNetwork network = new LossyNetwork(goProgram("tun"), log);
				CallSuite suite = new CallSuite(this.options, this.report, both,
						network.place(this.place.certificates(), log), 1)) {
			for (Duration roundTrip : List.of(Duration.ZERO, Duration.ofMillis(20))) {
				for (double loss : List.of(0.0, 0.001, 0.01, 0.03)) {
					network.set(loss, roundTrip);
					suite.run(Workload.underLoss(), Workload.underLoss().title() + String.format(Locale.ROOT,
							", loss %.1f %%, RTT %d ms", loss * 100, roundTrip.toMillis()));
				}
			}
		}
	}

}
