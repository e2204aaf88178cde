package io.brpc.documentation;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every block of code in README and documents is compiled, bound, parsed or looked up by
 * what its fence says it is. A language that is not named here fails.
 */
class CodeBlockTests {

	/**
	 * Documents whose blocks of text are no layouts, with the test that looks at them.
	 */
	private static final Map<String, String> PICTURES = Map.of("docs/design.md", "io.brpc.ArchitectureTests");

	private static final ShellExamples SHELL = new ShellExamples();

	private static final Map<String, Examples> LANGUAGES = Map.of("java", new JavaExamples(), "yaml",
			new YamlExamples(new PropertyMetadata()), "xml", new XmlExamples(), "sh", SHELL, "mermaid", new Diagrams(),
			"text", new Layouts(), "proto", new ProtoExamples(), "json",
			(block) -> assertThat(JsonParserFactory.getJsonParser().parseMap(block.text())).isNotEmpty());

	@ParameterizedTest
	@MethodSource
	void aBlockOfCodeHolds(Block block) {
		assertThat(LANGUAGES).as(block.toString()).containsKey(block.language());
		if (!block.language().equals("text") || !PICTURES.containsKey(block.document())) {
			Objects.requireNonNull(LANGUAGES.get(block.language())).check(block);
		}
	}

	static Stream<Block> aBlockOfCodeHolds() {
		return Project.documents().stream().flatMap((document) -> document.blocks().stream());
	}

	@ParameterizedTest
	@MethodSource
	void aCommandWithinASentenceHolds(Block span) {
		SHELL.check(span);
	}

	static Stream<Block> aCommandWithinASentenceHolds() {
		return Project.documents()
			.stream()
			.flatMap((document) -> document.spans().stream())
			.filter((span) -> ShellExamples.isOurs(span.text()));
	}

	@Test
	void aBlockThatDoesNotHoldFailsWithItsPlace() {
		Map.of("java", "this.nobody.call();", "yaml", "brpc.server.prot: 1", "xml",
				"<dependency><groupId>io.brpc</groupId><artifactId>brpc-core</artifactId><version>1</version></dependency>",
				"sh", "mvn -Pnobody verify", "mermaid", "flowchart LR\n a[b", "text", "a nothing", "proto",
				"message Nobody {}", "json", "{")
			.forEach((language, code) -> assertThatExceptionOfType(Throwable.class).as(language)
				.isThrownBy(() -> Objects.requireNonNull(LANGUAGES.get(language))
					.check(new Block("docs/example.md", 7, language, code + "\n"))));
	}

	@Test
	void aMistakeInJavaIsToldWithItsLine() {
		Block block = new Block("docs/example.md", 7, "java", "log.info(\"one\");\nlog.nothing();\n");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> Objects.requireNonNull(LANGUAGES.get("java")).check(block))
			.withMessageContaining("docs/example.md:9")
			.withMessageContaining("nothing()");
	}

	@Test
	void everyDocumentIsLookedAt() {
		assertThat(Project.documents()).extracting(Document::path)
			.containsAll(List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/getting-started.md"));
	}

}
