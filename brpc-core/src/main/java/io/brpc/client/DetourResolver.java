package io.brpc.client;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.brpc.internal.connection.Dialer;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Changes the order of what another resolver finds: the server that has told this client
 * to go comes last, until there is a connection again. gRPC dials addresses in order, and
 * would go back to where it was just sent away from.
 * <p>
 * Confined to gRPC's synchronization context.
 */
final class DetourResolver extends NameResolver {

	private final NameResolver delegate;

	private final Dialer dialer;

	private final SynchronizationContext context;

	private @Nullable Listener2 listener;

	private @Nullable ResolutionResult last;

	private boolean shutdown;

	DetourResolver(NameResolver delegate, Dialer dialer, SynchronizationContext context) {
		this.delegate = delegate;
		this.dialer = dialer;
		this.context = context;
	}

	@Override
	public String getServiceAuthority() {
		return this.delegate.getServiceAuthority();
	}

	@Override
	public void start(Listener2 listener) {
		this.listener = listener;
		this.dialer.detour().onChange(() -> this.context.execute(this::deliverAgain));
		this.delegate.start(new Listener2() {
			@Override
			public void onResult(ResolutionResult result) {
				DetourResolver.this.context.execute(() -> deliver(result));
			}

			@Override
			public Status onResult2(ResolutionResult result) {
				return deliver(result);
			}

			@Override
			public void onError(Status error) {
				DetourResolver.this.last = null;
				listener.onError(error);
			}
		});
	}

	/**
	 * Delivers what is known in the order that is right now, because the other resolver
	 * may not look anything up again for a while.
	 */
	@Override
	public void refresh() {
		deliverAgain();
		this.delegate.refresh();
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
		this.delegate.shutdown();
	}

	private void deliverAgain() {
		if (this.last != null && !this.shutdown) {
			deliver(this.last);
		}
	}

	private Status deliver(ResolutionResult result) {
		StatusOr<List<EquivalentAddressGroup>> found = result.getAddressesOrError();
		Listener2 listener = Objects.requireNonNull(this.listener, "listener");
		if (!found.hasValue()) {
			this.last = null;
			return listener.onResult2(result);
		}
		this.last = result;
		SocketAddress avoided = this.dialer.detour().avoided();
		return listener.onResult2((avoided == null) ? result
				: result.toBuilder()
					.setAddressesOrError(StatusOr.fromValue(reordered(found.getValue(), avoided)))
					.build());
	}

	private static List<EquivalentAddressGroup> reordered(List<EquivalentAddressGroup> groups, SocketAddress avoided) {
		List<EquivalentAddressGroup> others = new ArrayList<>();
		List<EquivalentAddressGroup> last = new ArrayList<>();
		for (EquivalentAddressGroup group : groups) {
			(group.getAddresses().contains(avoided) ? last : others).add(group);
		}
		others.addAll(last);
		return others;
	}

}
