package io.brpc.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.brpc.client.AddressListResolverProvider.HostAndPort;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Looks the servers of a list up, all of them anew each time gRPC asks. A name that does
 * not resolve is left out as long as another one does.
 * <p>
 * Confined to gRPC's synchronization context; looks up on gRPC's offload executor.
 */
final class AddressListResolver extends NameResolver {

	private final List<HostAndPort> servers;

	private final SynchronizationContext context;

	private final Executor executor;

	private @Nullable Listener2 listener;

	private boolean resolving;

	private boolean shutdown;

	AddressListResolver(List<HostAndPort> servers, Args args) {
		this.servers = List.copyOf(servers);
		this.context = args.getSynchronizationContext();
		this.executor = Objects.requireNonNull(args.getOffloadExecutor(), "offload executor");
	}

	@Override
	public String getServiceAuthority() {
		return this.servers.get(0).authority();
	}

	@Override
	public void start(Listener2 listener) {
		this.listener = listener;
		resolve();
	}

	@Override
	public void refresh() {
		resolve();
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
	}

	private void resolve() {
		if (!this.resolving && !this.shutdown) {
			this.resolving = true;
			this.executor.execute(() -> {
				ResolutionResult result = lookUp();
				this.context.execute(() -> resolved(result));
			});
		}
	}

	private void resolved(ResolutionResult result) {
		this.resolving = false;
		if (!this.shutdown) {
			Objects.requireNonNull(this.listener, "listener").onResult2(result);
		}
	}

	private ResolutionResult lookUp() {
		List<EquivalentAddressGroup> groups = new ArrayList<>();
		Status failure = Status.UNAVAILABLE.withDescription("no server to look up");
		for (HostAndPort server : this.servers) {
			try {
				for (InetAddress address : InetAddress.getAllByName(server.host())) {
					groups.add(new EquivalentAddressGroup(new InetSocketAddress(address, server.port())));
				}
			}
			catch (UnknownHostException ex) {
				failure = Status.UNAVAILABLE.withDescription("unknown host " + server.host()).withCause(ex);
			}
		}
		return ResolutionResult.newBuilder()
			.setAddressesOrError(groups.isEmpty() ? StatusOr.fromStatus(failure) : StatusOr.fromValue(groups))
			.build();
	}

}
