package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.server.BrpcServer;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the server listens. Safe for use by any thread.
 */
final class BrpcServerHealthIndicator implements HealthIndicator {

	private final BrpcServer server;

	BrpcServerHealthIndicator(BrpcServer server) {
		this.server = server;
	}

	@Override
	public Health health() {
		if (this.server.isShutdown()) {
			return Health.outOfService().build();
		}
		int port = this.server.getPort();
		if (port < 0) {
			return Health.down().withDetail("reason", "the server has not started").build();
		}
		return Health.up()
			.withDetail("port", port)
			.withDetail("connections", this.server.connections().all().size())
			.build();
	}

}
