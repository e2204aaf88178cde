package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/configuration.md} has what the code has: the same keys and defaults. Those
 * of a connection are not in the generated metadata, which ends at the map.
 */
class ConfigurationDocumentTests {

	private static final String CONNECTIONS = "brpc.client.connection";

	private static final Pattern ROW = Pattern.compile(
			"^\\| `((?:brpc|management\\.endpoint\\.brpc)\\.[^`]+)` \\| [^|]+ \\| (?:`([^`]*)`)? *\\| [^|]+ \\|$",
			Pattern.MULTILINE);

	@Test
	void theDocumentHasTheKeysAndDefaultsOfTheMetadata() throws Exception {
		Map<String, String> metadata = metadata();
		assertThat(metadata.remove(CONNECTIONS)).isEmpty();
		Map<String, String> documented = documented();
		documented.keySet().removeIf((key) -> key.startsWith(CONNECTIONS));
		assertThat(documented).isNotEmpty().containsExactlyInAnyOrderEntriesOf(metadata);
	}

	@Test
	void theDocumentHasTheKeysAndDefaultsOfAConnection() throws Exception {
		Map<String, String> components = new TreeMap<>();
		collect(CONNECTIONS + ".NAME", BrpcClientProperties.Connection.class, components);
		Map<String, String> documented = documented();
		documented.keySet().removeIf((key) -> !key.startsWith(CONNECTIONS));
		assertThat(documented).isNotEmpty().containsExactlyInAnyOrderEntriesOf(components);
	}

	@Test
	void everyKeyOfTheMetadataHasADescription() throws Exception {
		assertThat(properties()).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.get("description")).as(String.valueOf(property.get("name")))
				.asString()
				.endsWith("."));
	}

	private static Map<String, String> documented() throws IOException {
		Map<String, String> rows = new TreeMap<>();
		Matcher matcher = ROW.matcher(Files.readString(Path.of("..", "docs", "configuration.md")));
		while (matcher.find()) {
			rows.put(matcher.group(1), Objects.requireNonNullElse(matcher.group(2), ""));
		}
		return rows;
	}

	private static Map<String, String> metadata() throws IOException {
		Map<String, String> defaults = new TreeMap<>();
		for (Map<String, Object> property : properties()) {
			Object value = Objects.requireNonNullElse(property.get("defaultValue"), "");
			defaults.put((String) property.get("name"),
					String.valueOf((value instanceof Number number) ? number.intValue() : value));
		}
		return defaults;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() throws IOException {
		for (URL url : Collections.list(BrpcServerProperties.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream in = url.openStream()) {
				String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
				if (json.contains("\"brpc.server.port\"")) {
					return (List<Map<String, Object>>) Objects
						.requireNonNull(JsonParserFactory.getJsonParser().parseMap(json).get("properties"));
				}
			}
		}
		throw new IllegalStateException("the annotation processor has left no metadata");
	}

	private static void collect(String prefix, Class<?> record, Map<String, String> keys) {
		for (Parameter parameter : record.getDeclaredConstructors()[0].getParameters()) {
			String key = prefix + "." + parameter.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			DefaultValue value = parameter.getAnnotation(DefaultValue.class);
			if (parameter.getType().isRecord()) {
				collect(key, parameter.getType(), keys);
			}
			else {
				keys.put(key, (value != null) ? String.join(",", value.value()) : "");
			}
		}
	}

}
