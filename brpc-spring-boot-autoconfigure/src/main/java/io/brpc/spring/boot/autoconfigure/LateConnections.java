package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArraySet;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionRegistry;
import io.brpc.NoClientException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The server's registry, for injection into the services that the server is made of: it
 * is there before the server is, and empty until then.
 * <p>
 * Safe for use by any thread.
 */
final class LateConnections implements ConnectionRegistry {

	private final Set<ConnectionListener> early = new CopyOnWriteArraySet<>();

	private final Channel currentChannel = new CurrentChannel();

	private final CompletableFuture<ConnectionRegistry> attached = new CompletableFuture<>();

	private volatile @Nullable ConnectionRegistry registry;

	/**
	 * Goes over to the server's registry. Called once, before the server starts.
	 * @param registry the registry
	 */
	void attach(ConnectionRegistry registry) {
		this.early.forEach(registry::addListener);
		this.registry = registry;
		this.attached.complete(registry);
	}

	@Override
	public Optional<BrpcConnection> find(ConnectionId id) {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.find(id) : Optional.empty();
	}

	@Override
	public Collection<BrpcConnection> all() {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.all() : List.of();
	}

	@Override
	public Collection<BrpcConnection> withPrincipal(String name) {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.withPrincipal(name) : List.of();
	}

	@Override
	public Collection<BrpcConnection> inGroup(String group) {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.inGroup(group) : List.of();
	}

	@Override
	public Collection<BrpcConnection> withAttribute(String key, Object value) {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.withAttribute(key, value) : List.of();
	}

	/**
	 * Waits for the server's registry first, in which case the time begins to run then.
	 */
	@Override
	public CompletionStage<BrpcConnection> awaitPrincipal(String name, Duration limit) {
		return this.attached.thenCompose((registry) -> registry.awaitPrincipal(name, limit));
	}

	/**
	 * Waits for the server's registry first, in which case the time begins to run then.
	 */
	@Override
	public CompletionStage<BrpcConnection> awaitGroup(String group, Duration limit) {
		return this.attached.thenCompose((registry) -> registry.awaitGroup(group, limit));
	}

	@Override
	public Optional<BrpcConnection> current() {
		ConnectionRegistry registry = this.registry;
		return (registry != null) ? registry.current() : Optional.empty();
	}

	@Override
	public Channel currentChannel() {
		return this.currentChannel;
	}

	@Override
	public void addListener(ConnectionListener listener) {
		ConnectionRegistry registry = this.registry;
		if (registry != null) {
			registry.addListener(listener);
		}
		else {
			this.early.add(listener);
		}
	}

	@Override
	public void removeListener(ConnectionListener listener) {
		ConnectionRegistry registry = this.registry;
		if (registry != null) {
			registry.removeListener(listener);
		}
		else {
			this.early.remove(listener);
		}
	}

	private final class CurrentChannel extends Channel {

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			ConnectionRegistry registry = LateConnections.this.registry;
			if (registry == null) {
				throw NoClientException.outsideCall();
			}
			return registry.currentChannel().newCall(method, options);
		}

		@Override
		public String authority() {
			return "brpc";
		}

	}

}
