package io.brpc.spring.boot.autoconfigure;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Leaves a mark among the calls.
 *
 * @param trace where to
 */
record MarkingInterceptor(TestApplication.Trace trace) implements ClientInterceptor {

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		this.trace.called().add("mark");
		return next.newCall(method, options);
	}

}
