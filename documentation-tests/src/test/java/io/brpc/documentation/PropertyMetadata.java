package io.brpc.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

/**
 * What all libraries on the class path say of their properties. Immutable.
 */
final class PropertyMetadata {

	private static final List<String> PLACES = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private final Set<String> names = new TreeSet<>();

	private final Set<String> maps = new TreeSet<>();

	private final Map<String, Class<?>> classes = new TreeMap<>();

	PropertyMetadata() {
		for (Map<String, Object> library : libraries()) {
			entries(library, "properties").forEach((property) -> {
				String name = (String) Objects.requireNonNull(property.get("name"));
				this.names.add(name);
				if (String.valueOf(property.get("type")).startsWith("java.util.Map<")) {
					this.maps.add(name);
				}
			});
			entries(library, "groups").forEach((group) -> addClass((String) Objects.requireNonNull(group.get("name")),
					(String) group.get("type")));
		}
	}

	private void addClass(String prefix, String type) {
		if (ClassUtils.isPresent(type, null)) {
			Class<?> candidate = ClassUtils.resolveClassName(type, null);
			if (candidate.isAnnotationPresent(ConfigurationProperties.class)) {
				this.classes.put(prefix, candidate);
			}
		}
	}

	/**
	 * Tells whether there is a property of a name, or below it, or one whose keys users
	 * choose above it.
	 */
	boolean knows(String name) {
		return this.names.contains(name) || this.names.stream().anyMatch((known) -> known.startsWith(name + "."))
				|| this.maps.stream().anyMatch((map) -> name.startsWith(map + "."));
	}

	/**
	 * Returns the classes that properties are bound to, by their prefix.
	 */
	Map<String, Class<?>> classes() {
		return Map.copyOf(this.classes);
	}

	private static List<Map<String, Object>> libraries() {
		List<Map<String, Object>> libraries = new ArrayList<>();
		for (String place : PLACES) {
			try {
				for (URL url : Collections.list(PropertyMetadata.class.getClassLoader().getResources(place))) {
					try (InputStream in = url.openStream()) {
						libraries.add(JsonParserFactory.getJsonParser()
							.parseMap(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
					}
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return libraries;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> entries(Map<String, Object> library, String section) {
		return (List<Map<String, Object>>) library.getOrDefault(section, List.of());
	}

}
