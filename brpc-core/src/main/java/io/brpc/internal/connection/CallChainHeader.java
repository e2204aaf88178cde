package io.brpc.internal.connection;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Sends with each call that is made in a handler the {@link CallChain} that it continues.
 * Stateless.
 */
final class CallChainHeader implements ClientInterceptor {

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		CallChain chain = CallChain.current();
		ClientCall<Q, A> call = next.newCall(method, options);
		if (chain == null) {
			return call;
		}
		return new SimpleForwardingClientCall<>(call) {
			@Override
			public void start(Listener<A> listener, Metadata headers) {
				chain.addTo(headers);
				super.start(listener, headers);
			}
		};
	}

}
