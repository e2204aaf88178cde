package io.brpc.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.brpc.benchmark.load.Figures;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written.
 */
class ReportTests {

	@SuppressWarnings("InlineFormatString")
	private static final String LOAD = "bytes=0 calls=%d errors=0 nanos=1000000000 p50=1000 p99=2000 p999=3000 cpu=1000000 "
			+ "allocated=1000 rss=1000000";

	private static final String SERVING = "cpu=1000000 allocated=1000 rss=1000000";

	@TempDir
	private Path directory;

	private static Outcome outcome(String product, int calls, double foreign) {
		Run run = new Run(product, Figures.parse(String.format(Locale.ROOT, LOAD, calls)), Figures.parse(SERVING),
				foreign);
		return new Outcome(product, List.of(run), Map.of(), null);
	}

	private void write(double foreign) throws IOException {
		Report report = new Report(this.directory, Map.of("Java", "17"));
		report.add(new Section("calls", "unary & <small>", Measure.CALLS,
				List.of(new Mark("brpc/1", Measure.CALLS, 1.5, "grpc-tls"),
						new Mark("brpc/1", Measure.LATENCY, 0.5, "grpc-tls"),
						new Mark("brpc/1", Measure.CALLS, 1, "absent")),
				List.of(outcome("grpc-tls", 1000, 0), outcome("brpc/1", 1500, foreign))));
		report.add("SKIPPED: something");
	}

	@Test
	void theTableHasTheRatioAndWhatItWasMeasuredOn() throws IOException {
		write(0);
		assertThat(this.directory.resolve("benchmark.md")).content()
			.contains("| Java | 17 |")
			.contains("| unary & <small> | brpc/1 | 1.5k/s | 0 % | 1.50x |")
			.contains("- SKIPPED: something");
	}

	@Test
	void theTableJudgesEachMark() throws IOException {
		write(0);
		assertThat(this.directory.resolve("benchmark.md")).content()
			.contains(
					"calls/s 1.50x of grpc-tls or more: 1.50x, passed; p50 0.50x of grpc-tls or less: 1.00x, **missed**; "
							+ "calls/s 1.00x of absent or more: not judged");
	}

	@Test
	void whatIsNotComparedIsNotJudged() throws IOException {
		write(0.3);
		assertThat(this.directory.resolve("benchmark.md")).content()
			.contains("calls/s 1.50x of grpc-tls or more: not judged")
			.doesNotContain("passed");
	}

	@Test
	void noDraftIsLeft() throws IOException {
		write(0);
		assertThat(this.directory).isDirectoryNotContaining("glob:**.draft");
	}

	@Test
	void theTableSaysWhyThereIsNoRatio() throws IOException {
		write(0.3);
		assertThat(this.directory.resolve("benchmark.md")).content()
			.contains("not compared: other processes took 30 %")
			.doesNotContain("| 1.50x |");
	}

	@Test
	void thePlotIsAnSvgDocument() throws Exception {
		write(0);
		Path plot = this.directory.resolve("calls.svg");
		assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile()).getDocumentElement())
			.extracting((element) -> element.getTagName())
			.isEqualTo("svg");
		assertThat(Files.readString(plot)).contains("1.50x").contains("unary &amp; &lt;small>");
	}

	@Test
	void thePlotHasNoBarForWhatWasNotCompared() throws IOException {
		write(0.3);
		assertThat(this.directory.resolve("calls.svg")).content()
			.contains("brpc/1 not compared")
			.doesNotContain("1.50x");
	}

}
