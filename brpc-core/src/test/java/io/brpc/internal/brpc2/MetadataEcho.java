package io.brpc.internal.brpc2;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Sends back the metadata of a call, as headers and as trailers. Stateless.
 */
final class MetadataEcho implements ServerInterceptor {

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		return next.startCall(new SimpleForwardingServerCall<Q, R>(call) {
			@Override
			public void sendHeaders(Metadata answer) {
				answer.merge(headers);
				super.sendHeaders(answer);
			}

			@Override
			public void close(Status status, Metadata trailers) {
				trailers.merge(headers);
				super.close(status, trailers);
			}
		}, headers);
	}

}
