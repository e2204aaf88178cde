package io.brpc.spring.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Puts the server's UDP port into the environment, where Boot puts those of its servers.
 * Called by the event's publisher alone.
 */
final class LocalServerPort implements ApplicationListener<BrpcServerStartedEvent> {

	static final String PROPERTY = "local.brpc.server.port";

	private static final String SOURCE = "server.ports";

	private final ConfigurableEnvironment environment;

	LocalServerPort(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	@SuppressWarnings("unchecked")
	public void onApplicationEvent(BrpcServerStartedEvent event) {
		MutablePropertySources sources = this.environment.getPropertySources();
		PropertySource<?> source = sources.get(SOURCE);
		if (source == null) {
			source = new MapPropertySource(SOURCE, new HashMap<>());
			sources.addFirst(source);
		}
		((Map<String, Object>) source.getSource()).put(PROPERTY, event.getPort());
	}

}
