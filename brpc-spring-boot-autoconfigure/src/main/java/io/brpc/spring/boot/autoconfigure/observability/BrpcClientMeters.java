package io.brpc.spring.boot.autoconfigure.observability;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.spring.boot.autoconfigure.BrpcClientBuilderCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the clients' connections, tagged with the name that the connection has in
 * the application's properties. Safe for use by any thread.
 */
final class BrpcClientMeters implements MeterBinder, BrpcClientBuilderCustomizer {

	private final Map<String, ConnectionMeters> clients = new TreeMap<>();

	BrpcClientMeters(Set<String> names) {
		for (String name : names) {
			this.clients.put(name, new ConnectionMeters("brpc.client", Tags.of("name", name)));
		}
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.clients.values().forEach((meters) -> meters.bindTo(registry));
	}

	@Override
	public void customize(String name, BrpcClientBuilder builder) {
		ConnectionMeters meters = this.clients.get(name);
		if (meters != null) {
			builder.addConnectionListener(meters);
		}
	}

	Collection<ConnectionMeters> connections() {
		return this.clients.values();
	}

}
