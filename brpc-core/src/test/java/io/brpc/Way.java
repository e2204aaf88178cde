package io.brpc;

import java.time.Duration;

import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Which way calls go. Immutable.
 */
enum Way {

	/**
	 * From the client to the server.
	 */
	FORWARD {

		@Override
		Link connect(Peers peers, BindableService service, ServerInterceptor interceptor) {
			TestServer server = peers.server((builder) -> builder.intercept(interceptor)).serve(service);
			TestClient client = peers.client(server);
			BrpcConnection caller = client.awaitConnection();
			return new Link(client.channel(), caller, server.awaitConnection(caller.id()));
		}

	},

	/**
	 * From the server to the client.
	 */
	REVERSE {

		@Override
		Link connect(Peers peers, BindableService service, ServerInterceptor interceptor) {
			TestServer server = peers
				.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofSeconds(30), 1000)));
			TestClient client = peers.client(server,
					(builder) -> builder.addService(service).interceptCallbacks(interceptor));
			BrpcConnection handler = client.awaitConnection();
			BrpcConnection caller = server.awaitConnection(handler.id());
			return new Link(caller.channel(), caller, handler);
		}

	};

	/**
	 * Connects a client and a server.
	 * @param peers closes them
	 * @param service what the handling end serves
	 * @param interceptor goes before the service
	 * @return the calling end
	 */
	abstract Link connect(Peers peers, BindableService service, ServerInterceptor interceptor);

	/**
	 * Connects a client and a server.
	 * @param peers closes them
	 * @param service what the handling end serves
	 * @return the calling end
	 */
	Link connect(Peers peers, BindableService service) {
		return connect(peers, service, new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				return next.startCall(call, headers);
			}
		});
	}

}
