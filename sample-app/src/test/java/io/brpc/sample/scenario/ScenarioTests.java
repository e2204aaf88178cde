package io.brpc.sample.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Every scenario waits for what its processes should say, and fails without.
 */
class ScenarioTests {

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "THREE_CLIENTS") // which is played as a
																// command
	@Execution(ExecutionMode.CONCURRENT)
	void everyProcessSaysWhatItShould(Scenario scenario) {
		assertThatCode(() -> {
			try (Stage stage = new Stage()) {
				scenario.play(stage);
			}
		}).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@EnumSource
	void theDocumentTellsOfIt(Scenario scenario) throws IOException {
		assertThat(Files.readString(Path.of("..", "docs", "getting-started.md")))
			.contains("--sample.scenario=" + scenario.name().toLowerCase(Locale.ROOT).replace('_', '-'));
	}

	@Test
	void aProcessThatEndsWithoutItsWordsFailsTheScenario() throws Exception {
		try (Stage stage = new Stage()) {
			Actor client = stage.client("Ada", "");
			assertThatCode(() -> client.says("Hello")).hasMessageStartingWith("Ada ended without saying 'Hello'");
		}
	}

}
