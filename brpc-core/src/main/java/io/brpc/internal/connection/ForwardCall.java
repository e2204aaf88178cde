package io.brpc.internal.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.NotRun;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One call of a client that speaks several wires. If there is a connection whose wire
 * gRPC does not know, it goes there. Otherwise a <em>scout</em> is sent into gRPC's
 * channel: a call without messages, which waits, or fails, as any call of gRPC's does.
 * When gRPC has found it a connection it is known which wire that speaks: either the
 * scout becomes the call, or it is called back and the call goes by the other wire.
 * <p>
 * What the application does meanwhile is kept in order, and until there is an answer, so
 * that a call which no handler has seen can be made again.
 * <p>
 * Guarded by {@code this}; never held while anybody else is called. As safe for use by
 * several threads as any {@link ClientCall}.
 */
final class ForwardCall<Q, A> extends ClientCall<Q, A> {

	/**
	 * What is kept of a call to make it again. One that has done more is a stream, and
	 * would take too much memory.
	 */
	private static final int MAX_KEPT_STEPS = 64;

	/**
	 * One attempt is normal, a second one when the server drains. More happen only while
	 * gRPC has yet to learn that a connection drains.
	 */
	private static final int MAX_ATTEMPTS = 8;

	private final ForwardRoutes routes;

	private final Channel grpc;

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Context context = Context.current();

	private @Nullable Listener<A> listener;

	private @Nullable Metadata headers;

	@GuardedBy("this")
	private @Nullable List<Consumer<ClientCall<Q, A>>> steps = new ArrayList<>(4);

	@GuardedBy("this")
	private int nextStep;

	@GuardedBy("this")
	private boolean catchingUp = true;

	/**
	 * Written with the lock held.
	 */
	private volatile boolean answered;

	@GuardedBy("this")
	private int attempts;

	@GuardedBy("this")
	private @Nullable Scout scout;

	@GuardedBy("this")
	private @Nullable ClientCall<Q, A> call;

	@GuardedBy("this")
	private boolean callStarted;

	@GuardedBy("this")
	private @Nullable Consumer<ClientCall<Q, A>> cancellation;

	ForwardCall(ForwardRoutes routes, Channel grpc, MethodDescriptor<Q, A> method, CallOptions options) {
		this.routes = routes;
		this.grpc = grpc;
		this.method = method;
		this.options = options;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		this.listener = listener;
		this.headers = headers;
		Channel direct = this.routes.direct();
		if (direct != null) {
			startDirect(direct);
		}
		else {
			sendScout();
		}
	}

	private Listener<A> listener() {
		return Objects.requireNonNull(this.listener, "not started");
	}

	/**
	 * gRPC writes into the metadata of a call, so each attempt has its own.
	 */
	private Metadata headers() {
		Metadata copy = new Metadata();
		copy.merge(Objects.requireNonNull(this.headers, "not started"));
		return copy;
	}

	private ClientCall<Q, A> newCall(Channel channel, CallOptions options) {
		Context previous = this.context.attach();
		try {
			return channel.newCall(this.method, options);
		}
		finally {
			this.context.detach(previous);
		}
	}

	private void startDirect(Channel direct) {
		ClientCall<Q, A> call = newCall(direct, this.options);
		synchronized (this) {
			this.attempts++;
			this.scout = null;
			this.call = call;
			this.callStarted = false;
			this.nextStep = 0;
		}
		Metadata headers = headers();
		// Only brpc/1 says it. The application's interceptors have no say in it there,
		// either.
		headers.discardAll(ConnectionId.HEADER);
		call.start(new DirectListener(listener()), headers);
		Consumer<ClientCall<Q, A>> cancellation;
		synchronized (this) {
			this.callStarted = true;
			cancellation = this.cancellation;
		}
		if (cancellation != null) {
			cancellation.accept(call);
		}
		catchUp(call);
	}

	private void sendScout() {
		Scout scout = new Scout();
		synchronized (this) {
			this.scout = scout;
			this.call = null;
			this.catchingUp = true;
		}
		scout.start();
	}

	/**
	 * Does what the application has done so far, and lets it go on by itself.
	 */
	private void catchUp(ClientCall<Q, A> call) {
		while (true) {
			Consumer<ClientCall<Q, A>> step;
			synchronized (this) {
				if (this.call != call || this.steps == null) {
					return;
				}
				if (this.nextStep == this.steps.size()) {
					this.catchingUp = false;
					if (this.answered) {
						this.steps = null;
					}
					return;
				}
				step = this.steps.get(this.nextStep++);
			}
			step.accept(call);
		}
	}

	private void act(Consumer<ClientCall<Q, A>> step) {
		ClientCall<Q, A> call;
		synchronized (this) {
			if (this.steps != null) {
				this.steps.add(step);
				if (!this.catchingUp && this.steps.size() > MAX_KEPT_STEPS) {
					this.steps = null;
				}
			}
			if (this.catchingUp) {
				return;
			}
			call = Objects.requireNonNull(this.call, "call");
		}
		step.accept(call);
	}

	@Override
	public void request(int count) {
		act((call) -> call.request(count));
	}

	@Override
	public void sendMessage(Q message) {
		act((call) -> call.sendMessage(message));
	}

	@Override
	public void halfClose() {
		act(ClientCall::halfClose);
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		act((call) -> call.setMessageCompression(enabled));
	}

	@Override
	public boolean isReady() {
		ClientCall<Q, A> call;
		synchronized (this) {
			call = this.call;
		}
		return call != null && call.isReady();
	}

	@Override
	public Attributes getAttributes() {
		ClientCall<Q, A> call;
		synchronized (this) {
			call = this.call;
		}
		return (call != null) ? call.getAttributes() : Attributes.EMPTY;
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		Consumer<ClientCall<Q, A>> cancellation = (call) -> call.cancel(message, cause);
		ClientCall<Q, A> call;
		synchronized (this) {
			if (this.cancellation != null) {
				return;
			}
			this.cancellation = cancellation;
			if (this.call != null) {
				call = this.callStarted ? this.call : null;
			}
			else {
				call = (this.scout != null) ? this.scout.cancellable() : null;
			}
		}
		if (call != null) {
			cancellation.accept(call);
		}
	}

	private void answered() {
		if (this.answered) {
			return;
		}
		synchronized (this) {
			this.answered = true;
			if (!this.catchingUp) {
				this.steps = null;
			}
		}
	}

	/**
	 * Begins to make the call again, if that is possible.
	 * @return whether it is
	 */
	private boolean repeat() {
		synchronized (this) {
			if (this.answered || this.steps == null || this.cancellation != null || this.attempts >= MAX_ATTEMPTS) {
				return false;
			}
			this.call = null;
			this.catchingUp = true;
		}
		sendScout();
		return true;
	}

	/**
	 * Hears the answer of a call that goes by another wire than gRPC's.
	 */
	private final class DirectListener extends SimpleForwardingClientCallListener<A> {

		DirectListener(Listener<A> listener) {
			super(listener);
		}

		@Override
		public void onHeaders(Metadata headers) {
			answered();
			super.onHeaders(headers);
		}

		@Override
		public void onMessage(A message) {
			answered();
			super.onMessage(message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (!NotRun.is(status) || !repeat()) {
				super.onClose(status, trailers);
			}
		}

	}

	/**
	 * The call that is sent into gRPC's channel to find out where calls go.
	 */
	private final class Scout extends ClientStreamTracer.Factory {

		private final ClientCall<Q, A> call = newCall(ForwardCall.this.grpc,
				ForwardCall.this.options.withStreamTracerFactory(this));

		@GuardedBy("ForwardCall.this")
		private boolean started;

		@GuardedBy("ForwardCall.this")
		private boolean arrived;

		@GuardedBy("ForwardCall.this")
		private @Nullable Channel direct;

		void start() {
			this.call.start(new ScoutListener(this, listener()), headers());
			boolean arrived;
			Consumer<ClientCall<Q, A>> cancellation;
			synchronized (ForwardCall.this) {
				this.started = true;
				arrived = this.arrived;
				cancellation = ForwardCall.this.cancellation;
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
		 */
		@Nullable ClientCall<Q, A> cancellable() {
			synchronized (ForwardCall.this) {
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
			Channel direct = ForwardCall.this.routes.direct(transport);
			synchronized (ForwardCall.this) {
				if (this.arrived) {
					return;
				}
				this.arrived = true;
				this.direct = direct;
				if (direct == null) {
					ForwardCall.this.call = this.call;
					ForwardCall.this.callStarted = false;
					ForwardCall.this.answered = true;
				}
				if (!this.started) {
					return;
				}
			}
			// Not here, in the middle of what gRPC does to begin the scout.
			ForwardCall.this.routes.loop().execute(() -> executor().execute(this::goOn));
		}

		private Executor executor() {
			Executor executor = ForwardCall.this.options.getExecutor();
			return (executor != null) ? executor : ForwardCall.this.routes.answers();
		}

		private void goOn() {
			Channel direct;
			Consumer<ClientCall<Q, A>> cancellation;
			synchronized (ForwardCall.this) {
				direct = this.direct;
				cancellation = ForwardCall.this.cancellation;
				ForwardCall.this.callStarted = direct == null;
			}
			if (direct != null) {
				this.call.cancel("this call goes by another wire", null);
				startDirect(direct);
				return;
			}
			if (cancellation != null) {
				cancellation.accept(this.call);
			}
			catchUp(this.call);
		}

		/**
		 * Tells whether what the scout hears is what the call hears.
		 */
		boolean isTheCall() {
			synchronized (ForwardCall.this) {
				return this.direct == null;
			}
		}

	}

	/**
	 * Hears what becomes of a scout.
	 */
	private final class ScoutListener extends SimpleForwardingClientCallListener<A> {

		private final Scout scout;

		ScoutListener(Scout scout, Listener<A> listener) {
			super(listener);
			this.scout = scout;
		}

		@Override
		public void onReady() {
			if (this.scout.isTheCall()) {
				super.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			// One that arrived elsewhere was called back, or refused there.
			if (this.scout.isTheCall()) {
				super.onClose(status, trailers);
			}
		}

	}

}
