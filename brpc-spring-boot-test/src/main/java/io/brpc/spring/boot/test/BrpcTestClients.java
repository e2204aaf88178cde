package io.brpc.spring.boot.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.brpc.server.BrpcServer;
import io.grpc.BindableService;

/**
 * Connects clients to the server of the application under test. A client lives until it
 * is closed, at the latest until the end of the test method.
 * <p>
 * Safe for use by any thread.
 *
 * @see AutoConfigureTestBrpc
 */
public final class BrpcTestClients implements AutoCloseable {

	private final List<BrpcTestClient> clients = new CopyOnWriteArrayList<>();

	private final Supplier<BrpcServer> server;

	private final TestAuthority authority;

	BrpcTestClients(Supplier<BrpcServer> server, TestAuthority authority) {
		this.server = server;
		this.authority = authority;
	}

	/**
	 * Connects a client that shows a certificate, if it is asked for one, and waits until
	 * it can be called.
	 * @param services what the server may call
	 * @return the client
	 * @throws io.grpc.StatusRuntimeException if there is no connection, with the reason
	 */
	public BrpcTestClient connect(BindableService... services) {
		return builder().services(services).connect();
	}

	/**
	 * Begins a client of which more is to be said.
	 * @return the builder
	 */
	public BrpcTestClientBuilder builder() {
		return new BrpcTestClientBuilder(this.authority, this::connect);
	}

	private BrpcTestClient connect(ClientRecipe recipe) {
		BrpcTestClient client = BrpcTestClient.connect(this.server.get(), recipe);
		this.clients.add(client);
		return client;
	}

	/**
	 * Closes the clients that are there. New ones may be connected after that.
	 */
	@Override
	public void close() {
		List<BrpcTestClient> closing = List.copyOf(this.clients);
		this.clients.removeAll(closing);
		closing.forEach(BrpcTestClient::close);
	}

}
