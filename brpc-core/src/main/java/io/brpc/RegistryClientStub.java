package io.brpc;

import java.util.function.Function;

import io.grpc.Channel;

/**
 * {@link ClientStub} over a registry. Immutable.
 */
record RegistryClientStub<C>(ConnectionRegistry connections, Function<Channel, C> factory) implements ClientStub<C> {

	@Override
	public C get() {
		return stub(this.connections.current().orElseThrow(NoClientException::outsideCall));
	}

	@Override
	public C forConnection(ConnectionId id) {
		return stub(this.connections.find(id).orElseThrow(() -> NoClientException.unknown(id)));
	}

	@Override
	public FanOut<C> fanOut() {
		return new FanOut<>(this.connections, this.factory);
	}

	private C stub(BrpcConnection connection) {
		return this.factory.apply(connection.channel());
	}

}
