package io.brpc.benchmark.report;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.brpc.benchmark.load.Figures;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When there is a ratio, and when there is none.
 */
class ComparisonTests {

	private static final Map<String, String> SETTINGS = Map.of("tls", "TLSv1.3", "heap", "512m");

	private final Outcome baseline = outcome("grpc-tls", SETTINGS, run(1000, 0, 0));

	private static Run run(long calls, long errors, double foreign) {
		Map<String, String> values = new TreeMap<>();
		for (String name : List.of("cpu", "allocated", "rss", "bytes", "p50", "p99", "p999")) {
			values.put(name, "1000");
		}
		Figures serving = new Figures(values);
		values.put("calls", Long.toString(calls));
		values.put("errors", Long.toString(errors));
		values.put("nanos", "1000000000");
		return new Run("product", new Figures(values), serving, foreign);
	}

	private static Outcome outcome(String product, Map<String, String> settings, Run... runs) {
		return new Outcome(product, List.of(runs), settings, null);
	}

	private Comparison compared(Outcome outcome) {
		return Comparison.of(outcome, this.baseline, Run::rate);
	}

	@Test
	void theRatioIsThatOfTheMedians() {
		Outcome product = outcome("brpc/1", SETTINGS, run(9000, 0, 0), run(500, 0, 0), run(400, 0, 0));
		assertThat(compared(product)).isEqualTo(new Comparison.Ratio(0.5));
	}

	@Test
	void aProductThatFailedIsNotCompared() {
		Outcome product = new Outcome("go", List.of(run(1000, 0, 0)), SETTINGS, "go server: FAILED no route");
		assertThat(compared(product)).hasToString("not compared: go failed: go server: FAILED no route");
	}

	@Test
	void oneErrorIsEnough() {
		Outcome product = outcome("brpc/1", SETTINGS, run(1000, 0, 0), run(1000, 1, 0));
		assertThat(compared(product)).hasToString("not compared: brpc/1 had 1 errors");
	}

	@Test
	void aRunWithoutCallsIsNotCompared() {
		assertThat(compared(outcome("brpc/1", SETTINGS, run(0, 0, 0)))).hasToString("not compared: brpc/1 had no call");
	}

	@Test
	void noRunIsNotCompared() {
		assertThat(compared(outcome("brpc/1", SETTINGS))).hasToString("not compared: brpc/1 has no run");
	}

	@Test
	void oneDisturbedRunIsEnough() {
		Outcome product = outcome("brpc/1", SETTINGS, run(1000, 0, 0), run(1000, 0, 0.5));
		assertThat(compared(product))
			.hasToString("not compared: other processes took 50 % of the machine, limit is 8 %");
	}

	@Test
	void aDisturbedBaselineIsNotComparedWith() {
		Outcome disturbed = outcome("grpc-tls", SETTINGS, run(1000, 0, 0.09));
		assertThat(Comparison.of(outcome("brpc/1", SETTINGS, run(1000, 0, 0)), disturbed, Run::rate))
			.isInstanceOf(Comparison.Refused.class);
	}

	@Test
	void settingsThatDifferAreNamed() {
		Outcome product = outcome("brpc/1", Map.of("tls", "TLSv1.2", "heap", "512m"), run(1000, 0, 0));
		assertThat(compared(product)).hasToString("not compared: settings differ: tls TLSv1.2 and TLSv1.3");
	}

	@Test
	void aSettingThatOnlyOneHasIsNoDifference() {
		Outcome product = outcome("go", Map.of("tls", "TLSv1.3"), run(2000, 0, 0));
		assertThat(compared(product)).isEqualTo(new Comparison.Ratio(2));
	}

}
