package io.brpc.spring.boot.autoconfigure.observability;

import java.util.List;
import java.util.Optional;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The connection of the call that is being handled, on either side. Safe for use by any
 * thread.
 */
final class CurrentConnection {

	private final ObjectProvider<ConnectionRegistry> registry;

	private final ObjectProvider<BrpcClients> clients;

	private volatile @Nullable List<BrpcClient> made;

	CurrentConnection(ObjectProvider<ConnectionRegistry> registry, ObjectProvider<BrpcClients> clients) {
		this.registry = registry;
		this.clients = clients;
	}

	/**
	 * Returns the connection of a client's call that the server handles.
	 * @return the connection; empty in all other cases
	 */
	Optional<BrpcConnection> forward() {
		ConnectionRegistry registry = this.registry.getIfAvailable();
		return (registry != null) ? registry.current() : Optional.empty();
	}

	/**
	 * Returns the connection of a server's call that a client handles.
	 * @return the connection; empty in all other cases
	 */
	Optional<BrpcConnection> reverse() {
		for (BrpcClient client : clients()) {
			Optional<BrpcConnection> connection = client.callingConnection();
			if (connection.isPresent()) {
				return connection;
			}
		}
		return Optional.empty();
	}

	private List<BrpcClient> clients() {
		List<BrpcClient> made = this.made;
		if (made == null) {
			BrpcClients clients = this.clients.getIfAvailable();
			made = (clients != null) ? clients.names().stream().map(clients::get).toList() : List.of();
			this.made = made;
		}
		return made;
	}

}
