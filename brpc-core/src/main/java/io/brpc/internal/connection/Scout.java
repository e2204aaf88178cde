package io.brpc.internal.connection;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The call that a {@link ForwardCall} sends into gRPC's channel to find out where it
 * goes. Guarded by {@code forward}, whose attempt it is.
 */
final class Scout<Q, A> extends ClientStreamTracer.Factory {

	private final ForwardCall<Q, A> forward;

	private final ForwardRoutes routes;

	private final Executor executor;

	private final ClientCall<Q, A> call;

	@GuardedBy("forward")
	private boolean started;

	@GuardedBy("forward")
	private boolean arrived;

	@GuardedBy("forward")
	private @Nullable Channel direct;

	Scout(ForwardCall<Q, A> forward, ForwardRoutes routes, Channel grpc, CallOptions options) {
		this.forward = forward;
		this.routes = routes;
		Executor executor = options.getExecutor();
		this.executor = (executor != null) ? executor : routes.answers();
		this.call = forward.newCall(grpc, options.withStreamTracerFactory(this));
	}

	/**
	 * Sends it.
	 * @param listener the application's
	 * @param headers the call's metadata
	 */
	void start(ClientCall.Listener<A> listener, Metadata headers) {
		this.call.start(new ScoutListener(listener), headers);
		boolean arrived;
		Consumer<ClientCall<Q, A>> cancellation;
		synchronized (this.forward) {
			this.started = true;
			arrived = this.arrived;
			cancellation = this.forward.cancellation();
		}
		if (arrived) {
			goOn();
		}
		else if (cancellation != null) {
			cancellation.accept(this.call);
		}
	}

	/**
	 * Returns the call if to cancel it is to cancel the whole.
	 * @return null if it is not
	 */
	@Nullable ClientCall<Q, A> cancellable() {
		synchronized (this.forward) {
			return (this.started && !this.arrived) ? this.call : null;
		}
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return new ClientStreamTracer() {
			@Override
			public void streamCreated(Attributes transport, Metadata headers) {
				arrive(transport);
			}
		};
	}

	private void arrive(Attributes transport) {
		Channel direct = this.routes.direct(transport);
		synchronized (this.forward) {
			if (this.arrived) {
				return;
			}
			this.arrived = true;
			this.direct = direct;
			if (direct == null) {
				this.forward.become(this.call);
			}
			if (!this.started) {
				return;
			}
		}
		// Not here, in the middle of what gRPC does to begin the scout.
		this.routes.loop().execute(() -> this.executor.execute(this::goOn));
	}

	private void goOn() {
		Channel direct;
		Consumer<ClientCall<Q, A>> cancellation;
		synchronized (this.forward) {
			direct = this.direct;
			cancellation = this.forward.cancellation();
			this.forward.started(direct == null);
		}
		if (direct != null) {
			this.call.cancel("this call goes by another wire", null);
			this.forward.startDirect(direct);
			return;
		}
		if (cancellation != null) {
			cancellation.accept(this.call);
		}
		this.forward.catchUp(this.call);
	}

	/**
	 * Tells whether what the scout hears is what the call hears.
	 */
	private boolean isTheCall() {
		synchronized (this.forward) {
			return this.direct == null;
		}
	}

	/**
	 * Hears what becomes of a scout.
	 */
	private final class ScoutListener extends SimpleForwardingClientCallListener<A> {

		ScoutListener(ClientCall.Listener<A> listener) {
			super(listener);
		}

		@Override
		public void onReady() {
			if (isTheCall()) {
				super.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			// One that arrived elsewhere was called back, or refused there.
			if (isTheCall()) {
				super.onClose(status, trailers);
			}
		}

	}

}
