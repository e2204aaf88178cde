package io.brpc.spring.boot.test;

import java.time.Duration;
import java.util.Optional;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServer;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * A client of the application under test, and the network between the two. A connection
 * that is lost stays lost until {@link #reconnect()} or, unless the test has disconnected
 * the client, its next call.
 * <p>
 * Safe for use by any thread.
 */
public final class BrpcTestClient implements AutoCloseable {

	private final Channel channel = new CurrentChannel();

	private final BrpcServer server;

	private final ClientRecipe recipe;

	private final UdpRelay network;

	private volatile BrpcClient client;

	private BrpcTestClient(BrpcServer server, ClientRecipe recipe, UdpRelay network) {
		this.server = server;
		this.recipe = recipe;
		this.network = network;
		this.client = dial();
	}

	static BrpcTestClient connect(BrpcServer server, ClientRecipe recipe) {
		UdpRelay network = UdpRelay.to(server.getPort());
		try {
			return new BrpcTestClient(server, recipe, network);
		}
		catch (RuntimeException ex) {
			network.close();
			throw ex;
		}
	}

	private BrpcClient dial() {
		Arrival arrival = new Arrival();
		BrpcClient client = this.recipe.create(this.network.port(), arrival);
		try {
			arrival.await(client.start(), this.server.connections());
			return client;
		}
		catch (RuntimeException ex) {
			client.shutdownNow();
			throw ex;
		}
	}

	/**
	 * Returns the channel for calls to the server.
	 * @return the channel, the same object always; while the client is disconnected its
	 * calls fail with {@code UNAVAILABLE}
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Returns the connection, as the client sees it.
	 * @return the connection
	 * @throws IllegalStateException if the client has none
	 */
	public BrpcConnection connection() {
		return this.client.connection().orElseThrow(() -> new IllegalStateException("this client is not connected"));
	}

	/**
	 * Returns the ID of the connection.
	 * @return the ID by which the server finds this client
	 * @throws IllegalStateException if the client has no connection
	 */
	public ConnectionId id() {
		return connection().id();
	}

	/**
	 * Closes the connection at once, with the calls that are in flight, and waits until
	 * the server knows. Does nothing if there is none.
	 */
	public void disconnect() {
		BrpcClient client = this.client;
		client.connection().ifPresent((connection) -> {
			Departure departure = Departure.of(connection.id(), this.server.connections());
			connection.close(CloseCode.NO_ERROR, "disconnected by the test");
			departure.await();
		});
		client.shutdownNow();
	}

	/**
	 * Connects again, and waits until the client can be called. The connection is a new
	 * one, and has another ID. What is left of the last one is closed.
	 * @throws io.grpc.StatusRuntimeException if there is no connection, with the reason
	 */
	public void reconnect() {
		disconnect();
		this.client = dial();
	}

	/**
	 * Makes the way longer in both directions, from the next datagram on.
	 * @param oneWay how long a datagram takes; zero for no time
	 */
	public void delay(Duration oneWay) {
		this.network.rules(RelayRules.NONE.withDelay(oneWay, Duration.ZERO));
	}

	/**
	 * Lets nothing through any more. The two ends notice by QUIC's idle time-out.
	 */
	public void cutOff() {
		this.network.rules(RelayRules.NONE.withBlackhole(true));
	}

	/**
	 * Undoes {@link #delay(Duration)} and {@link #cutOff()}.
	 */
	public void restore() {
		this.network.rules(RelayRules.NONE);
	}

	/**
	 * Changes the port from which the server sees this client, as a NAT does that forgot
	 * its binding. The connection lives on.
	 */
	public void rebind() {
		this.network.rebind();
	}

	/**
	 * Lets calls in flight finish for a while, closes the connection, and waits until the
	 * server knows. What disturbs the network ends before, because the server would not
	 * hear of it.
	 */
	@Override
	public void close() {
		BrpcClient client = this.client;
		Optional<Departure> departure = client.connection()
			.map((connection) -> Departure.of(connection.id(), this.server.connections()));
		try {
			restore();
			client.close();
			departure.ifPresent(Departure::await);
		}
		finally {
			this.network.close();
		}
	}

	/**
	 * Calls over the connection that is there now.
	 */
	private final class CurrentChannel extends Channel {

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			return BrpcTestClient.this.client.channel().newCall(method, options);
		}

		@Override
		public String authority() {
			return BrpcTestClient.this.client.channel().authority();
		}

	}

}
