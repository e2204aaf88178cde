package io.brpc.benchmark.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Names and values in one line of text, which is how processes of any language talk here.
 * Immutable.
 *
 * @param values by name; neither has a blank or an equals sign in it
 */
public record Figures(Map<String, String> values) {

	public Figures {
		values = new TreeMap<>(values);
	}

	/**
	 * Reads a line.
	 * @param line {@code name=value} pairs with blanks between them; words without an
	 * equals sign are left out
	 * @return the figures
	 */
	public static Figures parse(String line) {
		Map<String, String> values = new TreeMap<>();
		for (String word : line.split(" ", -1)) {
			int equals = word.indexOf('=');
			if (equals > 0) {
				values.put(word.substring(0, equals), word.substring(equals + 1));
			}
		}
		return new Figures(values);
	}

	public String text(String name) {
		String value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException("no " + name + " in " + this);
		}
		return value;
	}

	public long number(String name) {
		return Long.parseLong(text(name));
	}

	public long number(String name, long otherwise) {
		return this.values.containsKey(name) ? number(name) : otherwise;
	}

	@Override
	public String toString() {
		return this.values.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.collect(Collectors.joining(" "));
	}

}
