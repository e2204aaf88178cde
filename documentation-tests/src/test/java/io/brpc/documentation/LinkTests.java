package io.brpc.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Links within the project lead to files and headings that there are.
 */
class LinkTests {

	private static final Pattern LINK = Pattern.compile("(?:\\]\\(|src=\"|srcset=\")([^)\"\\s]+)[)\"]");

	@ParameterizedTest
	@MethodSource
	void aLinkLeadsSomewhere(String document, String target) {
		String[] parts = target.split("#", 2);
		Path from = Project.ROOT.resolve(document);
		Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
		assertThat(Files.exists(file)).as("%s: %s", document, target).isTrue();
		if (parts.length > 1) {
			assertThat(headings(file)).as("%s: %s", document, target).contains(parts[1]);
		}
	}

	static Stream<Object[]> aLinkLeadsSomewhere() {
		return Project.documents()
			.stream()
			.flatMap((document) -> LINK.matcher(String.join("\n", document.lines()))
				.results()
				.map((match) -> match.group(1))
				.filter((target) -> !target.contains("://"))
				.map((target) -> new Object[] { document.path(), target }));
	}

	/**
	 * Returns the headings of a document as their anchors are made: lower case, without
	 * punctuation, with hyphens for spaces.
	 */
	private static List<String> headings(Path file) {
		return Project.read(file)
			.lines()
			.filter((line) -> line.matches("#+ .*"))
			.map((line) -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", ""))
			.map((heading) -> heading.strip().replace(' ', '-'))
			.toList();
	}

}
