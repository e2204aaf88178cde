package io.brpc.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SampleApplicationTests {

	private static final Pattern GREETING = Pattern.compile("^Hello (.+) \\(connection ([0-9a-f-]{36})\\)$",
			Pattern.MULTILINE);

	private static final Pattern LISTENING = Pattern.compile("brpc server listens on UDP port (\\d+)");

	@TempDir
	private Path directory;

	@Test
	void oneProcessGreetsAndEnds() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.directory)) {
			assertThat(sample.exitCode()).as(sample.output()).isZero();
			assertThat(sample.await(GREETING).group(1)).isEqualTo("brpc");
			assertThat(this.directory.resolve("target")).as("certificates stay in memory").doesNotExist();
		}
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
	void severalClientsAtOnceGetTheirOwnNames() throws Exception {
		try (SampleProcess server = SampleProcess.start(this.directory, "--spring.profiles.active=server",
				"--sample.port=0")) {
			String port = server.await(LISTENING).group(1);
			List<SampleProcess> clients = new ArrayList<>();
			try {
				Set<String> connections = new HashSet<>();
				for (String name : List.of("Ada", "Grace", "Edsger")) {
					clients.add(SampleProcess.start(this.directory, "--spring.profiles.active=client",
							"--sample.name=" + name, "--sample.port=" + port));
				}
				for (SampleProcess client : clients) {
					assertThat(client.exitCode()).as(client.output()).isZero();
					connections.add(client.await(GREETING).group(2));
				}
				assertThat(clients).extracting((client) -> client.await(GREETING).group(1))
					.containsExactly("Ada", "Grace", "Edsger");
				assertThat(connections).hasSize(3);
			}
			finally {
				clients.forEach(SampleProcess::close);
			}
			assertThat(server.isAlive()).isTrue();
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
