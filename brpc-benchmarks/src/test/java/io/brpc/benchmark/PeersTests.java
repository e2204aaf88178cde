package io.brpc.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.peer.Certificates;
import io.brpc.benchmark.report.Run;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each product on the JVM does what is asked of it, both ways, in processes of its own.
 */
class PeersTests {

	private static final Duration SHORT = Duration.ofMillis(100);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "brpc/1", "brpc/2", "grpc-tls", "rsocket-tls" })
	void aProductCallsAndIsCalledBack(String name) throws IOException {
		Place place = Place.loopback(Certificates.make(this.directory), this.directory.resolve("log"));
		try (Pair pair = new Pair(Product.java(name, "128m"), place)) {
			pair.connect(2);
			assertRuns(pair, LoadSpec.closed(Kind.NESTED, 32, 4), false, 32);
			assertRuns(pair, LoadSpec.closed(Kind.UNARY, 32, 4), true, 32);
			assertRuns(pair, LoadSpec.streaming(1000, 3), false, 3000);
			assertRuns(pair, LoadSpec.streaming(1000, 3), true, 3000);
			assertThat(pair.settings()).containsEntry("tls", "TLSv1.3")
				.containsKeys("cipher", "loops", "handlers", "heap");
		}
	}

	private static void assertRuns(Pair pair, LoadSpec load, boolean reverse, int bytesPerCall) {
		Run run = pair.run(load.during(SHORT), reverse, List.copyOf(pair.processes()));
		assertThat(run.errors()).as("errors of %s, reverse %s", load, reverse).isZero();
		assertThat(run.calls()).as("calls of %s, reverse %s", load, reverse).isPositive();
		assertThat(run.load().number("bytes")).isEqualTo(bytesPerCall * run.calls());
		assertThat(run.cpuPerCall()).isPositive();
	}

}
