package io.brpc.spring.boot.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * A property as {@code docs/configuration.md} has it. Immutable.
 *
 * @param name its whole name
 * @param type what kind of value it takes
 * @param defaultValue its default, empty for none
 * @param description what it is for
 */
record PropertyRow(String name, String type, String defaultValue, String description) {

	/**
	 * Makes a row of what the metadata has.
	 * @param type a class's name, with its type parameters
	 */
	static PropertyRow of(String name, String type, @Nullable Object defaultValue, String description) {
		return new PropertyRow(name, kind(type), text(Objects.requireNonNullElse(defaultValue, "")), description);
	}

	private static String text(Object value) {
		if (value instanceof List<?> values) {
			return StringUtils.collectionToCommaDelimitedString(values);
		}
		return String.valueOf((value instanceof Number number) ? number.intValue() : value);
	}

	private static String kind(String type) {
		return switch (type.replaceFirst("<.*", "")) {
			case "java.lang.Boolean", "boolean" -> "boolean";
			case "java.lang.Integer", "int" -> "number";
			case "java.lang.String" -> "text";
			case "java.time.Duration" -> "duration";
			case "java.net.InetAddress" -> "address";
			case "java.util.List" -> "list";
			case "org.springframework.util.unit.DataSize" -> "size";
			default -> choices(ClassUtils.resolveClassName(type, null));
		};
	}

	private static String choices(Class<?> type) {
		return Stream.of(Objects.requireNonNull(type.getEnumConstants(), type.getName()))
			.map((constant) -> "`" + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
			.collect(Collectors.joining(", "));
	}

	/**
	 * Returns the line of the table. What the document says once of all durations and
	 * sizes is left out.
	 */
	String line() {
		String value = this.defaultValue.isEmpty() ? "" : "`" + this.defaultValue + "`";
		String meaning = this.description.replaceAll(" (Seconds|Bytes) if no unit is given\\.", "")
			.replaceAll("(?<![A-Za-z])'([^']+)'(?![A-Za-z])", "`$1`");
		return "| `%s` | %s | %s | %s |".formatted(this.name, this.type, value, meaning).replace("|  |", "| |");
	}

}
