package io.brpc.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.brpc.benchmark.peer.Certificates;
import io.brpc.benchmark.report.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of products that can't be measured.
 */
class CallSuiteTests {

	@TempDir
	private Path directory;

	@Test
	void aProductThatDoesNotStartIsReportedWithTheReason() throws IOException {
		Place place = Place.loopback(Certificates.make(this.directory), this.directory.resolve("log"));
		List<Product> products = List.of(new Product("ends at once", "none", List.of("true")),
				new Product("is not there", "none", List.of(this.directory.resolve("absent").toString())));
		Report report = new Report(this.directory, Map.of());
		try (CallSuite suite = new CallSuite(Options.parse(), report, products, place, 1)) {
			suite.run(Workload.underLoss(new LossyPath(0, Duration.ZERO)));
		}
		assertThat(Files.readString(this.directory.resolve("benchmark.md"))).contains("the process has ended")
			.contains("is not there failed: ");
	}

}
