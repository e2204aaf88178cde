package io.brpc.testing;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionRegistry;
import io.grpc.Channel;

/**
 * A registry of what a test adds to it. Safe for use by any thread.
 */
public final class FakeRegistry implements ConnectionRegistry {

	private final List<BrpcConnection> connections = new CopyOnWriteArrayList<>();

	public FakeRegistry(BrpcConnection... connections) {
		this.connections.addAll(List.of(connections));
	}

	public void add(BrpcConnection connection) {
		this.connections.add(connection);
	}

	public void remove(BrpcConnection connection) {
		this.connections.remove(connection);
	}

	@Override
	public Optional<BrpcConnection> find(ConnectionId id) {
		return this.connections.stream().filter((connection) -> connection.id().equals(id)).findFirst();
	}

	@Override
	public Collection<BrpcConnection> all() {
		return List.copyOf(this.connections);
	}

	@Override
	public Collection<BrpcConnection> withPrincipal(String name) {
		return find((connection) -> connection.principal().filter((found) -> found.getName().equals(name)).isPresent());
	}

	@Override
	public Collection<BrpcConnection> inGroup(String group) {
		return find((connection) -> connection.groups().contains(group));
	}

	@Override
	public Collection<BrpcConnection> withAttribute(String key, Object value) {
		return find((connection) -> value.equals(connection.attributes().get(key)));
	}

	private Collection<BrpcConnection> find(Predicate<BrpcConnection> wanted) {
		return this.connections.stream().filter(wanted).toList();
	}

	@Override
	public CompletionStage<BrpcConnection> awaitPrincipal(String name, Duration limit) {
		throw new UnsupportedOperationException();
	}

	@Override
	public CompletionStage<BrpcConnection> awaitGroup(String group, Duration limit) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<BrpcConnection> current() {
		return Optional.empty();
	}

	@Override
	public Channel currentChannel() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void addListener(ConnectionListener listener) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void removeListener(ConnectionListener listener) {
		throw new UnsupportedOperationException();
	}

}
