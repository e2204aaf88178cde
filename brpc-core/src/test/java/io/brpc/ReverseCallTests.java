package io.brpc;

import java.time.Duration;

import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;

/**
 * The contract of calls from the server to the client.
 */
class ReverseCallTests extends CallContract {

	@Override
	Link connect(BindableService service, ServerInterceptor interceptor) {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofSeconds(30), 1000)));
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(service).interceptCallbacks(interceptor));
		BrpcConnection handler = client.awaitConnection();
		BrpcConnection caller = server.awaitConnection(handler.id());
		return new Link(caller.channel(), caller, handler);
	}

}
