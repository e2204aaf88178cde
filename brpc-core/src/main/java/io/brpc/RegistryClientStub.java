package io.brpc;

import java.util.Collection;
import java.util.function.Function;

import io.grpc.Channel;

/**
 * {@link ClientStub} over a registry. Safe for use by any thread.
 */
final class RegistryClientStub<C> implements ClientStub<C> {

	private final RoundRobin groups = new RoundRobin();

	private final ConnectionRegistry connections;

	private final Function<Channel, C> factory;

	RegistryClientStub(ConnectionRegistry connections, Function<Channel, C> factory) {
		this.connections = connections;
		this.factory = factory;
	}

	@Override
	public C get() {
		return stub(this.connections.current().orElseThrow(NoClientException::outsideCall));
	}

	@Override
	public C forConnection(ConnectionId id) {
		return stub(this.connections.find(id).orElseThrow(() -> NoClientException.unknown(id)));
	}

	@Override
	public C forPrincipal(String name) {
		Collection<BrpcConnection> found = this.connections.withPrincipal(name);
		if (found.size() > 1) {
			throw NoClientException.ambiguousPrincipal(name, found.size());
		}
		return stub(found.stream().findFirst().orElseThrow(() -> NoClientException.unknownPrincipal(name)));
	}

	@Override
	public C any(String group) {
		return stub(this.groups.next(group, this.connections.inGroup(group))
			.orElseThrow(() -> NoClientException.emptyGroup(group)));
	}

	@Override
	public FanOut<C> fanOut() {
		return new FanOut<>(this.connections, this.factory);
	}

	private C stub(BrpcConnection connection) {
		return this.factory.apply(connection.channel());
	}

}
