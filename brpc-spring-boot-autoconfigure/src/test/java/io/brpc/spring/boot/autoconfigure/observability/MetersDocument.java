package io.brpc.spring.boot.autoconfigure.observability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;

import org.springframework.boot.json.JsonParserFactory;

/**
 * The meters as {@code docs/observability.md} has them, and the dashboard beside it. Not
 * instantiable.
 */
final class MetersDocument {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern ROW = Pattern.compile(
			"^\\| `brpc\\.SIDE\\.([^`]+)` \\| (\\w+) \\| (?:(\\w+) )?\\| (?:([^|]+) )?\\| [^|]+ \\|$",
			Pattern.MULTILINE);

	private static final Pattern NAME = Pattern.compile("\\b(?:brpc|grpc)_[a-z_]+\\b");

	private MetersDocument() {
	}

	/**
	 * Reads the table of meters.
	 * @return type, unit and tags by the name of the meter, of both sides
	 * @throws IOException if the document can't be read
	 */
	static Map<String, String> rows() throws IOException {
		Map<String, String> rows = new TreeMap<>();
		for (MatchResult row : ROW.matcher(Files.readString(DOCS.resolve("observability.md"))).results().toList()) {
			String unit = Objects.requireNonNullElse(row.group(3), "");
			Set<String> tags = new TreeSet<>();
			if (row.group(4) != null) {
				tags.addAll(List.of(row.group(4).replace("`", "").split(", ")));
			}
			rows.put("brpc.server." + row.group(1), row.group(2) + "|" + unit + "|" + tags);
			tags.add("name");
			rows.put("brpc.client." + row.group(1), row.group(2) + "|" + unit + "|" + tags);
		}
		return rows;
	}

	/**
	 * Writes a meter as {@link #rows()} does.
	 * @param id the meter's ID
	 * @return type, unit and tags
	 */
	static String row(Meter.Id id) {
		String type = (id.getType() == Meter.Type.DISTRIBUTION_SUMMARY) ? "summary"
				: id.getType().name().toLowerCase(Locale.ROOT);
		Set<String> tags = new TreeSet<>(id.getTags().stream().map(Tag::getKey).toList());
		return type + "|" + Objects.requireNonNullElse(id.getBaseUnit(), "") + "|" + tags;
	}

	/**
	 * Reads the names of meters and labels that the dashboard asks for.
	 * @return the names, those that brpc and gRPC have
	 * @throws IOException if the dashboard can't be read
	 */
	static Set<String> dashboardNames() throws IOException {
		List<String> expressions = new ArrayList<>();
		collect(JsonParserFactory.getJsonParser().parseMap(Files.readString(DOCS.resolve("grafana-dashboard.json"))),
				expressions);
		Set<String> names = new TreeSet<>();
		expressions
			.forEach((expression) -> NAME.matcher(expression).results().map(MatchResult::group).forEach(names::add));
		return names;
	}

	private static void collect(Object json, List<String> expressions) {
		if (json instanceof Map<?, ?> object) {
			if (object.get("expr") instanceof String expression) {
				expressions.add(expression);
			}
			object.values().forEach((value) -> collect(value, expressions));
		}
		else if (json instanceof List<?> array) {
			array.forEach((value) -> collect(value, expressions));
		}
	}

}
