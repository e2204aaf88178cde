package io.brpc.sample;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SampleApplicationTests {

	private static final Pattern GREETING = Pattern.compile("^Hello (.+) \\(connection ([0-9a-f-]{36}), (.+)\\)$",
			Pattern.MULTILINE);

	private static final Pattern GREETING_OF_PROCESS = Pattern
		.compile("^\\[(.+)] Hello \\1 \\(connection ([0-9a-f-]{36}), brpc/2\\)$", Pattern.MULTILINE);

	@TempDir
	private Path directory;

	@Test
	void oneProcessGreetsAndEnds() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory)) {
			assertGreets(sample, "brpc/2");
			assertThat(this.directory.resolve("target")).as("certificates stay in memory").doesNotExist();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "brpc.server", "brpc.client.connection.default" })
	void eitherEndCanBeToldToSpeakTheGoLibrarysWire(String end) throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory, "--" + end + ".wires=brpc/1")) {
			assertGreets(sample, "brpc/1");
		}
	}

	private static void assertGreets(SampleProcess sample, String wire) throws Exception {
		assertThat(sample.exitCode()).as(sample.output()).isZero();
		MatchResult greeting = sample.await(GREETING);
		assertThat(greeting.group(1)).isEqualTo("brpc");
		assertThat(greeting.group(3)).isEqualTo(wire);
		assertThat(sample.output()).doesNotContain("WARN");
	}

	@Test
	void oneProcessGreetsWithBeansThatWereMadeAheadOfTime() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory, List.of("-Dspring.aot.enabled=true"),
				"--logging.level.org.springframework.boot=info")) {
			assertThat(sample.exitCode()).as(sample.output()).isZero();
			assertThat(sample.await(GREETING).group(1)).isEqualTo("brpc");
			sample.await(Pattern.compile("Starting AOT-processed SampleApplication"));
		}
	}

	@Test
	void oneProcessKeepsRunningIfItIsToldTo() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory, "--sample.keep-running=true")) {
			sample.await(GREETING);
			assertThat(sample.isAlive()).isTrue();
			sample.terminate();
			sample.exitCode();
			sample.await(Pattern.compile("brpc server stopped$", Pattern.MULTILINE));
		}
	}

	@Test
	void aScenarioIsOneCommand() throws Exception {
		try (SampleProcess scenario = SampleProcess.start(this.directory, "--spring.profiles.active=scenario",
				"--sample.scenario=three-clients")) {
			assertThat(scenario.exitCode()).as(scenario.output()).isZero();
			Set<String> connections = GREETING_OF_PROCESS.matcher(scenario.output())
				.results()
				.map((found) -> found.group(2))
				.collect(Collectors.toSet());
			assertThat(connections).as("each client has a connection of its own").hasSize(3);
			assertThat(scenario.output()).contains("THREE_CLIENTS went as it should");
		}
	}

	@Test
	void aClientWhoseServerIsNotThereFails() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory, "--spring.profiles.active=client")) {
			assertThat(sample.exitCode()).isEqualTo(1);
			assertThat(sample.output()).contains("target/certificates/authority.pem");
		}
	}

}
