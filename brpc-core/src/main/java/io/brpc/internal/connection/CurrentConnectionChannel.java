package io.brpc.internal.connection;

import java.util.Optional;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionRegistry;
import io.brpc.NoClientException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * See {@link ConnectionRegistry#currentChannel()}. Immutable.
 */
final class CurrentConnectionChannel extends Channel {

	private final ConnectionRegistry connections;

	CurrentConnectionChannel(ConnectionRegistry connections) {
		this.connections = connections;
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		Optional<BrpcConnection> connection = this.connections.current();
		if (connection.isEmpty()) {
			return new FailedClientCall<>(NoClientException.outsideCall().getStatus());
		}
		return connection.get().channel().newCall(method, options);
	}

	@Override
	public String authority() {
		return "brpc";
	}

}
