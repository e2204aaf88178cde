package io.brpc.documentation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands in the documents are Maven's, with profiles, modules, properties and tests
 * that there are, or start the sample's jar with properties that it takes. Others are for
 * {@link CertificateCommandTests}, which runs them.
 */
final class ShellExamples implements Examples {

	private static final Set<String> PHASES = Set.of("test", "package", "verify", "install", "spring-javaformat:apply");

	private static final Set<String> SWITCHES = Set.of("-q", "-B", "-am");

	private static final Set<String> DEFINITIONS = Set.of("argLine", "fast", "skipTests",
			"surefire.failIfNoSpecifiedTests", "benchmark.args", "benchmark.main");

	/**
	 * Where a document says that a name has to be put in.
	 */
	private static final String ANY_TEST = "X";

	private static final Pattern PROFILE = Pattern.compile("on-profile: (.+)|@Profile\\(\"(.+)\"\\)");

	private final String pom = Project.read("pom.xml");

	private final String jar = "sample-app/target/sample-app-" + new XmlExamples().projectVersion() + ".jar";

	private final String sample = Project.read("sample-app/src/main/resources/application.yaml")
			+ String.join("", Project.mainSources());

	@Override
	public void check(Block block) {
		List<String> commands = commands(block);
		assertThat(commands).as(block.toString()).isNotEmpty();
		if (isOurs(commands.get(0))) {
			commands.forEach((command) -> checkCommand(block, command));
		}
		else {
			assertThat(block.text()).as("%s: a command that is not known here and not run by another test", block)
				.contains("openssl ");
		}
	}

	static boolean isOurs(String command) {
		return command.startsWith("mvn ") || command.startsWith("java ") || command.startsWith("… --");
	}

	private static List<String> commands(Block block) {
		return block.text().replace("\\\n", " ").lines().filter((line) -> !line.isBlank()).toList();
	}

	private void checkCommand(Block block, String command) {
		Deque<String> words = new ArrayDeque<>(List.of(command.strip().split("\\s+")));
		String program = words.pop();
		if (program.equals("mvn")) {
			checkMaven(block, words);
		}
		else {
			if (program.equals("java")) {
				assertThat(words.pop()).as(block.toString()).isEqualTo("-jar");
				assertThat(words.pop()).as(block.toString()).isEqualTo(this.jar);
			}
			else {
				assertThat(program).as(block.toString()).isEqualTo("…");
			}
			words.forEach((word) -> checkSampleArgument(block, word));
		}
	}

	private void checkMaven(Block block, Deque<String> words) {
		List<String> phases = new ArrayList<>();
		while (!words.isEmpty()) {
			String word = words.pop();
			if (word.startsWith("-P")) {
				assertThat(this.pom).as("%s: %s", block, word).contains("<id>" + word.substring(2) + "</id>");
			}
			else if (word.equals("-pl")) {
				assertThat(words.pop().split(",")).as(block.toString()).allMatch(Project::isModule);
			}
			else if (word.startsWith("-D")) {
				checkDefinition(block, word.substring(2));
			}
			else if (word.startsWith("-")) {
				assertThat(SWITCHES).as(block.toString()).contains(word);
			}
			else {
				assertThat(PHASES).as(block.toString()).contains(word);
				phases.add(word);
			}
		}
		assertThat(phases).as(block.toString()).isNotEmpty();
	}

	private static void checkDefinition(Block block, String definition) {
		String name = definition.replaceFirst("=.*", "");
		if (name.equals("test")) {
			for (String test : definition.substring(definition.indexOf('=') + 1).split(",")) {
				assertThat(test.equals(ANY_TEST) || Project.hasTest(test)).as("%s: there is a test %s", block, test)
					.isTrue();
			}
		}
		else {
			assertThat(DEFINITIONS).as(block.toString()).contains(name);
		}
	}

	private void checkSampleArgument(Block block, String word) {
		assertThat(word).as(block.toString()).matches("--[a-z.-]+=.+");
		String name = word.substring(2, word.indexOf('='));
		String value = word.substring(word.indexOf('=') + 1);
		if (name.equals("spring.profiles.active")) {
			assertThat(value.split(",")).as(block.toString()).allMatch(this::isProfile);
		}
		else {
			assertThat(isSampleProperty(name)).as("%s: the sample takes %s", block, name).isTrue();
		}
		if (name.equals("sample.scenario")) {
			assertThat(value.split(",")).as(block.toString()).allMatch(ShellExamples::isScenario);
		}
	}

	/**
	 * Tells whether the sample has a property of its own of this name.
	 */
	boolean isSampleProperty(String name) {
		return this.sample.contains("${" + name + "}");
	}

	private static boolean isScenario(String name) {
		String scenarios = Project.read("sample-app/src/main/java/io/brpc/sample/scenario/Scenario.java");
		return scenarios.matches("(?s).*\\b" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "\\b.*");
	}

	private boolean isProfile(String name) {
		Matcher matcher = PROFILE.matcher(this.sample);
		while (matcher.find()) {
			String expression = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
			if (List.of(expression.split("[ &!|()]+")).contains(name)) {
				return true;
			}
		}
		return false;
	}

}
