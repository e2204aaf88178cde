package io.brpc.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The test that {@code docs/testing.md} shows is the one that runs.
 */
class TestingDocumentTests {

	@Test
	void theDocumentShowsTheTestThatRuns() throws IOException {
		String document = Files.readString(Path.of("..", "docs", "testing.md"));
		String test = Files
			.readString(Path.of("src", "test", "java", "io", "brpc", "sample", "GreeterServiceTests.java"))
			.replace("\t", "    ");
		assertThat(document).contains(test.substring(test.indexOf("@SpringBootTest")));
	}

}
