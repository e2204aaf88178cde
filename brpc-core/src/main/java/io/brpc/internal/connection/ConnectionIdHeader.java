package io.brpc.internal.connection;

import io.brpc.ConnectionId;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Sends with each call the ID of the connection that carries it. It is put in when the
 * call gets its transport, not before: a call that waits for a reconnect, or is retried,
 * is sent with the new connection's ID.
 * <p>
 * Stateless.
 */
final class ConnectionIdHeader implements ClientInterceptor {

	private static final ClientStreamTracer TRACER = new ClientStreamTracer() {
		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			Connection connection = PeerAddress.connectionOf(transportAttributes);
			if (connection != null) {
				headers.discardAll(ConnectionId.HEADER);
				headers.put(ConnectionId.HEADER, connection.idText());
			}
		}
	};

	private static final ClientStreamTracer.Factory TRACERS = new ClientStreamTracer.Factory() {
		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return TRACER;
		}
	};

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return next.newCall(method, options.withStreamTracerFactory(TRACERS));
	}

}
