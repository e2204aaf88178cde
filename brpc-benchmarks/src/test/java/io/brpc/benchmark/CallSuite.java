package io.brpc.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

import io.brpc.benchmark.report.Report;
import io.brpc.benchmark.report.Section;

/**
 * Runs loads of calls on all products by turns. Not safe for use by several threads.
 */
final class CallSuite implements AutoCloseable {

	private final Options options;

	private final Report report;

	private final Place place;

	private final List<Contender> contenders;

	/**
	 * Makes a suite; the first load starts the products.
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
		this.contenders = products.stream()
			.map((product) -> new Contender(options, product, place, connections))
			.toList();
	}

	/**
	 * Runs one load. Whatever goes wrong with a product is in the report.
	 * @param workload the load
	 * @throws IOException if the report can't be written
	 */
	void run(Workload workload) throws IOException {
		this.contenders.forEach(Contender::begin);
		List<ProcessHandle> own = Stream
			.concat(this.place.helpers().stream(),
					this.contenders.stream().flatMap((contender) -> contender.processes().stream()))
			.toList();
		this.contenders.forEach((contender) -> contender.warmUp(workload, own));
		for (int round = 0; round < this.options.rounds(); round++) {
			this.contenders.forEach((contender) -> contender.run(workload, own));
		}
		this.report.add(new Section(workload.group(), workload.title(), workload.measure(), workload.marks(),
				this.contenders.stream().map(Contender::end).toList()));
	}

	@Override
	public void close() {
		this.contenders.forEach(Contender::close);
	}

}
