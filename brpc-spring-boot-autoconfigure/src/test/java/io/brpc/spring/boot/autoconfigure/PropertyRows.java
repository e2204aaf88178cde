package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;

/**
 * All properties of brpc: from the configuration metadata, and those of a connection,
 * before which the metadata ends, from the class that they are bound to.
 */
final class PropertyRows {

	private static final String CONNECTION = BrpcClientProperties.CONNECTION_PREFIX + ".NAME";

	private PropertyRows() {
	}

	/**
	 * Returns the properties of the server, in the order in which they are declared.
	 */
	static List<PropertyRow> ofServer() throws IOException {
		List<String> order = new ArrayList<>();
		collect("brpc.server", BrpcServerProperties.class, (key, parameter) -> order.add(key));
		return ofMetadata().stream()
			.filter((row) -> row.name().startsWith("brpc.server."))
			.sorted(Comparator.comparingInt((row) -> order.indexOf(row.name())))
			.toList();
	}

	/**
	 * Returns the properties of neither server nor clients, in the metadata's order.
	 */
	static List<PropertyRow> ofBoth() throws IOException {
		return ofMetadata().stream()
			.filter((row) -> !row.name().startsWith("brpc.server.") && !row.name().startsWith("brpc.client."))
			.toList();
	}

	/**
	 * Returns the properties of a connection, in the order in which they are declared.
	 */
	static List<PropertyRow> ofConnection() throws IOException {
		RecordDescriptions descriptions = new RecordDescriptions(BrpcClientProperties.class);
		List<PropertyRow> rows = new ArrayList<>();
		collect(CONNECTION, BrpcClientProperties.Connection.class, (key, parameter) -> {
			DefaultValue value = parameter.getAnnotation(DefaultValue.class);
			rows.add(PropertyRow.of(key, parameter.getType().getName(),
					(value != null) ? String.join(",", value.value()) : null,
					descriptions.of(parameter.getDeclaringExecutable().getDeclaringClass(), parameter.getName())));
		});
		return rows;
	}

	private static void collect(String prefix, Class<?> record, Keys keys) {
		for (Parameter parameter : record.getDeclaredConstructors()[0].getParameters()) {
			String key = prefix + "." + parameter.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (parameter.getType().isRecord()) {
				collect(key, parameter.getType(), keys);
			}
			else {
				keys.add(key, parameter);
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static List<PropertyRow> ofMetadata() throws IOException {
		for (URL url : Collections.list(BrpcServerProperties.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream in = url.openStream()) {
				String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
				if (json.contains("\"brpc.server.port\"")) {
					return ((List<Map<String, Object>>) Objects
						.requireNonNull(JsonParserFactory.getJsonParser().parseMap(json).get("properties"))).stream()
						.filter((property) -> !BrpcClientProperties.CONNECTION_PREFIX.equals(property.get("name")))
						.map(PropertyRows::row)
						.toList();
				}
			}
		}
		throw new IllegalStateException("the annotation processor has left no metadata");
	}

	private static PropertyRow row(Map<String, Object> property) {
		return PropertyRow.of(String.valueOf(property.get("name")), String.valueOf(property.get("type")),
				property.get("defaultValue"), String.valueOf(property.get("description")));
	}

	/**
	 * Takes the properties that a record declares.
	 */
	private interface Keys {

		void add(String key, Parameter parameter);

	}

}
