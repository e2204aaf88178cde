package io.brpc.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Examples of an application's properties can be bound to the classes that take them, and
 * none is left over.
 */
final class YamlExamples implements Examples {

	private final Map<String, Class<?>> classes;

	YamlExamples(PropertyMetadata metadata) {
		this.classes = metadata.classes();
	}

	@Override
	public void check(Block block) {
		List<PropertySource<?>> sources = load(block);
		Map<String, Class<?>> used = new TreeMap<>();
		assertThat(keys(sources)).as(block.toString()).isNotEmpty().allSatisfy((key) -> {
			String prefix = prefixOf(key);
			assertThat(prefix).as("the prefix of " + key).isNotEmpty();
			used.put(prefix, this.classes.get(prefix));
		});
		Binder binder = new Binder(ConfigurationPropertySources.from(sources));
		used.forEach((prefix, type) -> assertThat(
				binder.bind(prefix, Bindable.of(type), new NoUnboundElementsBindHandler(BindHandler.DEFAULT)).get())
			.as(block.toString())
			.isInstanceOf(type));
	}

	private String prefixOf(String key) {
		return this.classes.keySet()
			.stream()
			.filter((prefix) -> key.startsWith(prefix + "."))
			.reduce("", (one, other) -> (one.length() > other.length()) ? one : other);
	}

	static List<PropertySource<?>> load(Block block) {
		try {
			return new YamlPropertySourceLoader().load(block.toString(),
					new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> keys(List<PropertySource<?>> sources) {
		List<String> keys = new ArrayList<>();
		sources.forEach((source) -> keys.addAll(List.of(((EnumerablePropertySource<?>) source).getPropertyNames())));
		return keys;
	}

}
