package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.spring.boot.autoconfigure.BrpcClientBuilderCustomizer;
import io.brpc.spring.boot.autoconfigure.BrpcServerBuilderCustomizer;

/**
 * The histories of the server and of each client. Safe for use by any thread.
 */
final class ConnectionHistories implements BrpcServerBuilderCustomizer, BrpcClientBuilderCustomizer {

	private final Map<String, ConnectionHistory> clients = new ConcurrentHashMap<>();

	private final Clock clock;

	private final ConnectionHistory server;

	ConnectionHistories(Clock clock) {
		this.clock = clock;
		this.server = new ConnectionHistory(clock);
	}

	@Override
	public void customize(BrpcServerBuilder builder) {
		builder.addConnectionListener(this.server);
	}

	@Override
	public void customize(String name, BrpcClientBuilder builder) {
		builder.addConnectionListener(client(name));
	}

	ConnectionHistory server() {
		return this.server;
	}

	ConnectionHistory client(String name) {
		return this.clients.computeIfAbsent(name, (key) -> new ConnectionHistory(this.clock));
	}

}
