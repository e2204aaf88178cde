package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.server.BrpcServerBuilder;
import io.brpc.spring.boot.autoconfigure.BrpcServerBuilderCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the server's connections. Safe for use by any thread.
 */
final class BrpcServerMeters implements MeterBinder, BrpcServerBuilderCustomizer {

	private final ConnectionMeters connections = new ConnectionMeters("brpc.server", Tags.empty());

	@Override
	public void bindTo(MeterRegistry registry) {
		this.connections.bindTo(registry);
	}

	@Override
	public void customize(BrpcServerBuilder builder) {
		builder.addConnectionListener(this.connections);
	}

	ConnectionMeters connections() {
		return this.connections;
	}

}
