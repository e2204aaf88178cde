package io.brpc.internal.connection;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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

	private final Notices notices;

	private final Context.Key<Connection> current;

	private final Channel currentChannel = new CurrentConnectionChannel(this);

	/**
	 * Makes an empty registry.
	 * @param notices tells the listeners
	 * @param current what the server's {@link CallerInterceptor} sets
	 */
	LiveConnections(Notices notices, Context.Key<Connection> current) {
		this.notices = notices;
		this.current = current;
	}

	void add(Connection connection) {
		this.connections.put(connection.id(), connection);
	}

	void remove(Connection connection) {
		this.connections.remove(connection.id());
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
