package io.brpc.spring.boot.autoconfigure.observability;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The actuator endpoint {@code brpc}: the live connections of the server and of the
 * clients, and how the last ones ended; ends one.
 * <p>
 * Safe for use by any thread. Reading waits for the connections' figures, for 2 seconds
 * at most.
 */
@Endpoint(id = "brpc")
public final class BrpcEndpoint {

	private final @Nullable BrpcServer server;

	private final @Nullable BrpcClients clients;

	private final ConnectionHistories histories;

	BrpcEndpoint(@Nullable BrpcServer server, @Nullable BrpcClients clients, ConnectionHistories histories) {
		this.server = server;
		this.clients = clients;
		this.histories = histories;
	}

	/**
	 * Shows all connections.
	 * @return the server's and the clients'
	 */
	@ReadOperation
	public Overview overview() {
		BrpcServer server = this.server;
		BrpcClients clients = this.clients;
		return new Overview((server != null) ? describe(server) : null,
				(clients != null) ? describe(clients) : Map.of());
	}

	private Server describe(BrpcServer server) {
		return new Server(server.getPort(), ConnectionDescriptor.of(server.connections().all()),
				EndDescriptor.of(this.histories.server()));
	}

	private Map<String, Client> describe(BrpcClients clients) {
		Map<String, Client> described = new TreeMap<>();
		for (String name : clients.names()) {
			BrpcClient client = clients.get(name);
			ConnectionHistory history = this.histories.client(name);
			described.put(name, new Client(client.state().name(), history.failedAttempts(),
					ConnectionDescriptor.of(client.connection().stream().toList()).stream().findFirst().orElse(null),
					EndDescriptor.of(history)));
		}
		return described;
	}

	/**
	 * Shows one connection.
	 * @param id the connection's ID
	 * @return the connection; null if there is none of that ID, or no longer
	 */
	@ReadOperation
	public @Nullable ConnectionDescriptor connection(@Selector String id) {
		return find(id).map((connection) -> ConnectionDescriptor.of(List.of(connection)).get(0)).orElse(null);
	}

	/**
	 * Ends one connection. A client that reconnects gets another one.
	 * @param id the connection's ID
	 * @param drain whether calls in flight may finish; ended at once if null
	 * @return the connection as it was; null if there is none of that ID, or no longer
	 */
	@DeleteOperation
	public @Nullable ConnectionDescriptor close(@Selector String id, @Nullable Boolean drain) {
		ConnectionDescriptor last = connection(id);
		find(id).ifPresent((connection) -> end(connection, Boolean.TRUE.equals(drain)));
		return last;
	}

	private static void end(BrpcConnection connection, boolean drain) {
		if (drain) {
			connection.drain();
		}
		else {
			connection.close(CloseCode.NO_ERROR, "closed by an operator");
		}
	}

	private Optional<BrpcConnection> find(String text) {
		ConnectionId id = parse(text);
		return connections().filter((connection) -> connection.id().equals(id)).findFirst();
	}

	private static ConnectionId parse(String id) {
		try {
			return ConnectionId.parse(id);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidEndpointRequestException("not a connection ID", "not a connection ID");
		}
	}

	private Stream<BrpcConnection> connections() {
		BrpcServer server = this.server;
		BrpcClients clients = this.clients;
		Stream<BrpcConnection> accepted = (server != null) ? server.connections().all().stream() : Stream.empty();
		Stream<BrpcConnection> dialed = (clients != null)
				? clients.names().stream().map(clients::get).flatMap((client) -> client.connection().stream())
				: Stream.empty();
		return Stream.concat(accepted, dialed);
	}

	/**
	 * All connections.
	 *
	 * @param server the server's; null if there is no server
	 * @param clients the clients' by the name of the connection
	 */
	public record Overview(@Nullable Server server, Map<String, Client> clients) {

	}

	/**
	 * The server's connections.
	 *
	 * @param port the UDP port
	 * @param connections those that are ready
	 * @param ended the last ones that ended or were refused, the newest first
	 */
	public record Server(int port, List<ConnectionDescriptor> connections, List<EndDescriptor> ended) {

	}

	/**
	 * A client's connection.
	 *
	 * @param state the state of its gRPC channel
	 * @param failedAttempts attempts that failed since it was last connected
	 * @param connection the connection; null while there is none
	 * @param ended the last connections that ended and attempts that failed, the newest
	 * first
	 */
	public record Client(String state, int failedAttempts, @Nullable ConnectionDescriptor connection,
			List<EndDescriptor> ended) {

	}

}
