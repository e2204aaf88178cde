package io.brpc.sample.scenario;

import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Plays the scenarios that {@code sample.scenario} names, one after the other.
 */
@Component
@Profile("scenario")
class ScenarioRunner implements ApplicationRunner {

	private final List<Scenario> scenarios;

	ScenarioRunner(@Value("${sample.scenario}") List<Scenario> scenarios) {
		this.scenarios = scenarios;
	}

	@Override
	public void run(ApplicationArguments arguments) throws Exception {
		for (Scenario scenario : this.scenarios) {
			System.out.println(scenario + " begins");
			try (Stage stage = new Stage()) {
				scenario.play(stage);
			}
			System.out.println(scenario + " went as it should");
		}
	}

}
