package io.brpc.internal.connection;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Sends each call by the wire that its connection speaks. To run after every other
 * interceptor but those that only calls by gRPC's own transport need. Immutable.
 */
final class ForwardCalls implements ClientInterceptor {

	private final ForwardRoutes routes;

	ForwardCalls(ForwardRoutes routes) {
		this.routes = routes;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return new ForwardCall<>(this.routes, next, method, options);
	}

}
