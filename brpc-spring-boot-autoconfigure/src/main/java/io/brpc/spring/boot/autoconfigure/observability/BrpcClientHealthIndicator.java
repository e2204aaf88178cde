package io.brpc.spring.boot.autoconfigure.observability;

import java.util.List;

import io.brpc.client.BrpcClient;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import io.grpc.ConnectivityState;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether a client has its connection. One that has not tried yet, or tries for the first
 * time, is unknown rather than down. Safe for use by any thread.
 */
final class BrpcClientHealthIndicator implements HealthIndicator {

	private final BrpcClients clients;

	private final String name;

	private final List<String> address;

	private final ConnectionHistory history;

	BrpcClientHealthIndicator(BrpcClients clients, String name, List<String> address, ConnectionHistory history) {
		this.clients = clients;
		this.name = name;
		this.address = List.copyOf(address);
		this.history = history;
	}

	@Override
	public Health health() {
		BrpcClient client = this.clients.get(this.name);
		ConnectivityState state = client.state();
		int failedAttempts = this.history.failedAttempts();
		Status status = status(state, failedAttempts);
		Health.Builder health = Health.status(status)
			.withDetail("state", state.name())
			.withDetail("address", String.join(",", this.address))
			.withDetail("failedAttempts", failedAttempts);
		client.connection().ifPresent((connection) -> health.withDetail("connection", connection.id().toString()));
		if (!status.equals(Status.UP)) {
			this.history.ends()
				.stream()
				.findFirst()
				.ifPresent((end) -> health.withDetail("lastError", end.reason().description()));
		}
		return health.build();
	}

	private static Status status(ConnectivityState state, int failedAttempts) {
		return switch (state) {
			case READY -> Status.UP;
			case TRANSIENT_FAILURE -> Status.DOWN;
			case CONNECTING, IDLE -> (failedAttempts > 0) ? Status.DOWN : Status.UNKNOWN;
			case SHUTDOWN -> Status.OUT_OF_SERVICE;
		};
	}

}
