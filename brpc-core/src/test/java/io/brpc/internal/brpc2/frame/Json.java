package io.brpc.internal.brpc2.frame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads as much of JSON as the vectors need: objects, lists, text without escapes but for
 * {@code \\u}, whole numbers, true and null. Not safe for use by several threads.
 */
final class Json {

	private final String text;

	private int at;

	private Json(String text) {
		this.text = text;
	}

	static Object parse(String text) {
		return new Json(text).value();
	}

	private Object value() {
		return switch (next()) {
			case '{' -> object();
			case '[' -> list();
			case '"' -> string();
			case 't' -> word("true", true);
			case 'n' -> word("null", null);
			default -> number();
		};
	}

	private char next() {
		while (Character.isWhitespace(this.text.charAt(this.at))) {
			this.at++;
		}
		return this.text.charAt(this.at);
	}

	private Object word(String word, Object value) {
		assert this.text.startsWith(word, this.at);
		this.at += word.length();
		return value;
	}

	private Map<String, Object> object() {
		Map<String, Object> object = new LinkedHashMap<>();
		this.at++;
		while (next() != '}') {
			String key = string();
			if (next() != ':') {
				throw new IllegalStateException("no colon at " + this.at);
			}
			this.at++;
			object.put(key, value());
			skipComma();
		}
		this.at++;
		return object;
	}

	private List<Object> list() {
		List<Object> list = new ArrayList<>();
		this.at++;
		while (next() != ']') {
			list.add(value());
			skipComma();
		}
		this.at++;
		return list;
	}

	private void skipComma() {
		if (next() == ',') {
			this.at++;
			next();
		}
	}

	private String string() {
		StringBuilder string = new StringBuilder();
		this.at++;
		for (char c = this.text.charAt(this.at++); c != '"'; c = this.text.charAt(this.at++)) {
			if (c == '\\') {
				string.append((char) Integer.parseInt(this.text.substring(this.at + 1, this.at + 5), 16));
				this.at += 5;
			}
			else {
				string.append(c);
			}
		}
		return string.toString();
	}

	private Long number() {
		int start = this.at;
		while ("-0123456789".indexOf(this.text.charAt(this.at)) >= 0) {
			this.at++;
		}
		return Long.valueOf(this.text.substring(start, this.at));
	}

}
