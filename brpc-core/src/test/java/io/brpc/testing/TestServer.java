package io.brpc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.util.MutableHandlerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server of a test, with a log of its connections. Services may be added while it runs,
 * so that they can be made with the server's own registry. Safe for use by any thread.
 */
public final class TestServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/**
	 * Longer than a server waits for a client that has drained to close, whose
	 * CONNECTION_CLOSE may be lost.
	 */
	private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

	private final ConnectionLog log = new ConnectionLog();

	private final MutableHandlerRegistry services = new MutableHandlerRegistry();

	private final BrpcServer server;

	public TestServer(BrpcServerBuilder builder, Consumer<BrpcServerBuilder> customizer) {
		this.services.addService(new ExerciseService());
		builder.transportSettings(TestWires.settings())
			.addConnectionListener(this.log)
			.fallbackHandlerRegistry(this.services);
		customizer.accept(builder);
		this.server = builder.build();
	}

	public TestServer start() {
		try {
			this.server.start();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Adds a service, or replaces the one of that name.
	 * @param service the service
	 * @return this
	 */
	public TestServer serve(BindableService service) {
		this.services.addService(service);
		return this;
	}

	public BrpcServer server() {
		return this.server;
	}

	public int port() {
		return this.server.getPort();
	}

	public ConnectionRegistry connections() {
		return this.server.connections();
	}

	public ConnectionLog log() {
		return this.log;
	}

	/**
	 * Waits until a connection is in the registry.
	 * @param id the connection's ID
	 * @return the connection
	 */
	public BrpcConnection awaitConnection(ConnectionId id) {
		return await().atMost(PATIENCE).until(() -> connections().find(id), (found) -> found.isPresent()).orElseThrow();
	}

	/**
	 * Returns a channel to a client.
	 * @param client a client that is connected to this server
	 * @return the channel of its connection
	 */
	public Channel channelTo(TestClient client) {
		return awaitConnection(client.awaitConnection().id()).channel();
	}

	/**
	 * Stops, if it has not stopped yet, and checks that nothing is left.
	 */
	@Override
	public void close() throws Exception {
		if (!this.server.stop(STOPS_WITHIN)) {
			throw new AssertionError("calls were still in flight on " + this.server + ", with " + connections().all());
		}
		assertThat(connections().all()).as("connections that are left").isEmpty();
		this.log.verify();
	}

}
