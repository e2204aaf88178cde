package io.brpc;

import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;

/**
 * The contract of calls from the client to the server.
 */
class ForwardCallTests extends CallContract {

	@Override
	Link connect(BindableService service, ServerInterceptor interceptor) {
		TestServer server = this.peers.server((builder) -> builder.intercept(interceptor)).serve(service);
		TestClient client = this.peers.client(server);
		BrpcConnection caller = client.awaitConnection();
		return new Link(client.channel(), caller, server.awaitConnection(caller.id()));
	}

}
