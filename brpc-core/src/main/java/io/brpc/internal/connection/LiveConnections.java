package io.brpc.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionRegistry;
import io.grpc.Channel;
import io.grpc.Context;

/**
 * The registry of one server. Safe for use by any thread.
 */
final class LiveConnections implements ConnectionRegistry {

	private final Map<ConnectionId, Connection> connections = new ConcurrentHashMap<>();

	private final ConnectionIndex byPrincipal;

	private final ConnectionIndex byGroup;

	private final Notices notices;

	private final Context.Key<Connection> current;

	private final Channel currentChannel = new CurrentConnectionChannel(this);

	/**
	 * Makes an empty registry.
	 * @param notices tells the listeners
	 * @param current what the server's {@link CallerInterceptor} sets
	 * @param executor where those who wait for a connection are told
	 */
	LiveConnections(Notices notices, Context.Key<Connection> current, Executor executor) {
		this.notices = notices;
		this.current = current;
		this.byPrincipal = new ConnectionIndex("with the principal", executor);
		this.byGroup = new ConnectionIndex("in the group", executor);
	}

	void add(Connection connection) {
		this.connections.put(connection.id(), connection);
		connection.membership().enter(this.byGroup);
		String principal = connection.principalName();
		if (principal != null) {
			this.byPrincipal.add(principal, connection);
			this.byPrincipal.tellWaiters(principal, connection);
		}
	}

	void remove(Connection connection) {
		String principal = connection.principalName();
		if (principal != null) {
			this.byPrincipal.remove(principal, connection);
		}
		connection.membership().exit();
		this.connections.remove(connection.id());
	}

	/**
	 * No connection comes any more.
	 */
	void close() {
		this.byPrincipal.close();
		this.byGroup.close();
	}

	@Override
	public Optional<BrpcConnection> find(ConnectionId id) {
		return Optional.ofNullable(this.connections.get(id));
	}

	@Override
	public Collection<BrpcConnection> all() {
		return List.copyOf(this.connections.values());
	}

	@Override
	public Collection<BrpcConnection> withPrincipal(String name) {
		return this.byPrincipal.find(name);
	}

	@Override
	public Collection<BrpcConnection> inGroup(String group) {
		return this.byGroup.find(group);
	}

	@Override
	public Collection<BrpcConnection> withAttribute(String key, Object value) {
		List<BrpcConnection> found = new ArrayList<>();
		for (Connection connection : this.connections.values()) {
			if (value.equals(connection.attributes().get(key))) {
				found.add(connection);
			}
		}
		return List.copyOf(found);
	}

	@Override
	public CompletionStage<BrpcConnection> awaitPrincipal(String name, Duration limit) {
		return this.byPrincipal.await(name, limit);
	}

	@Override
	public CompletionStage<BrpcConnection> awaitGroup(String group, Duration limit) {
		return this.byGroup.await(group, limit);
	}

	@Override
	public Optional<BrpcConnection> current() {
		return Optional.ofNullable(this.current.get());
	}

	@Override
	public Channel currentChannel() {
		return this.currentChannel;
	}

	@Override
	public void addListener(ConnectionListener listener) {
		this.notices.add(listener);
	}

	@Override
	public void removeListener(ConnectionListener listener) {
		this.notices.remove(listener);
	}

}
