package io.brpc.internal.connection;

import java.util.Objects;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.NotRun;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
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

	private final KeptSteps<Q, A> steps = new KeptSteps<>();

	@GuardedBy("this")
	private int attempts;

	@GuardedBy("this")
	private @Nullable Scout<Q, A> scout;

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
			// Nothing waits for the call then: not what its listener does, either, which
			// may be told to send while this thread has yet to return, and would then
			// find the call ready however much it sends.
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

	ClientCall<Q, A> newCall(Channel channel, CallOptions options) {
		Context previous = this.context.attach();
		try {
			return channel.newCall(this.method, options);
		}
		finally {
			this.context.detach(previous);
		}
	}

	/**
	 * Makes the call by a way that does not lead through gRPC's channel.
	 * @param direct the way
	 */
	void startDirect(Channel direct) {
		ClientCall<Q, A> call = newCall(direct, this.options);
		synchronized (this) {
			this.attempts++;
			this.scout = null;
			this.call = call;
			this.callStarted = false;
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
		Scout<Q, A> scout = new Scout<>(this, this.routes, this.grpc, this.options);
		synchronized (this) {
			this.scout = scout;
			this.call = null;
			this.steps.rewind();
		}
		scout.start(listener(), headers());
	}

	/**
	 * The scout has found that gRPC's channel is the way: it becomes the call, which is
	 * then made by gRPC, and only once.
	 * @param call the scout's
	 */
	@GuardedBy("this")
	void become(ClientCall<Q, A> call) {
		this.call = call;
		this.callStarted = false;
		this.steps.answered();
	}

	@GuardedBy("this")
	void started(boolean started) {
		this.callStarted = started;
	}

	@GuardedBy("this")
	@Nullable Consumer<ClientCall<Q, A>> cancellation() {
		return this.cancellation;
	}

	/**
	 * Does what the application has done so far, and lets it go on by itself.
	 * @param call what to do it to
	 */
	void catchUp(ClientCall<Q, A> call) {
		while (true) {
			Consumer<ClientCall<Q, A>> step;
			synchronized (this) {
				step = (this.call == call) ? this.steps.next() : null;
			}
			if (step == null) {
				return;
			}
			step.accept(call);
		}
	}

	private void act(Consumer<ClientCall<Q, A>> step) {
		ClientCall<Q, A> call;
		synchronized (this) {
			if (!this.steps.add(step)) {
				return;
			}
			call = this.call;
		}
		if (call == null) {
			throw new IllegalStateException("Not started");
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
		if (this.steps.isAnswered()) {
			return;
		}
		synchronized (this) {
			this.steps.answered();
		}
	}

	/**
	 * Begins to make the call again, if that is possible.
	 * @return whether it is
	 */
	private boolean repeat() {
		synchronized (this) {
			if (!this.steps.isRepeatable() || this.cancellation != null || this.attempts >= MAX_ATTEMPTS) {
				return false;
			}
			this.call = null;
			this.steps.rewind();
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

}
