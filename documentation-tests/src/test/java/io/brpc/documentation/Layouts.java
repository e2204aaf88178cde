package io.brpc.documentation;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Layouts of frames in {@code docs/wire.md} consist of fields with a name, a type that
 * the document defines, and a condition that names a flag.
 */
final class Layouts implements Examples {

	private static final Set<String> TYPES = Set.of("byte", "varint", "bytes", "text", "rest", "metadata");

	private static final Pattern FIELD = Pattern.compile("(\\w+) +(\\d+ bytes|length - 1 bytes|\\w+)( {2,}\\S.*)?");

	private static final Pattern GROUP = Pattern.compile("\\{ (\\w+ \\w+(?:, \\w+ \\w+)*) \\} {2,}\\S.*");

	private final String document = Project.read("docs/wire.md");

	@Override
	public void check(Block block) {
		block.text().lines().forEach((line) -> {
			Matcher group = GROUP.matcher(line);
			if (group.matches()) {
				for (String field : group.group(1).split(", ", -1)) {
					checkField(block, field);
				}
			}
			else {
				checkField(block, line);
			}
		});
	}

	private void checkField(Block block, String line) {
		Matcher field = FIELD.matcher(line);
		assertThat(field.matches()).as("%s: a field: %s", block, line).isTrue();
		String type = field.group(2);
		if (!type.endsWith(" bytes")) {
			assertThat(TYPES).as("%s: %s", block, line).contains(type);
			assertThat(this.document).as(block.toString()).containsAnyOf("| `" + type + "` |", "### `" + type + "`");
		}
	}

}
