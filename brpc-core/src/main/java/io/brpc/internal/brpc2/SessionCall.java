package io.brpc.internal.brpc2;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What the application holds of a call to the peer: it checks in what order it is used,
 * makes bytes of requests, and hands all on to the event loop's {@link OutboundCall}.
 * <p>
 * The application's, which calls one method at a time, from any thread.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class SessionCall<Q, R> extends ClientCall<Q, R> {

	private final CallSession session;

	private final MethodDescriptor<Q, R> method;

	private final CallOptions options;

	private final Context context = Context.current();

	private @Nullable OutboundCall<Q, R> call;

	/**
	 * Where messages go, unless the only one goes with the call.
	 */
	private @Nullable CallerStream stream;

	private boolean cancelCalled;

	private boolean halfCloseCalled;

	SessionCall(CallSession session, MethodDescriptor<Q, R> method, CallOptions options) {
		this.session = session;
		this.method = method;
		this.options = options;
	}

	@Override
	public void start(Listener<R> listener, Metadata headers) {
		if (this.call != null) {
			throw new IllegalStateException("Already started");
		}
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		OutboundCall<Q, R> call = new OutboundCall<>(this.session, this.method, this.options, this.context, listener);
		this.call = call;
		this.stream = call.ownStream();
		String compressorName = this.options.getCompressor();
		if (compressorName != null) {
			try {
				call.messages().compressWith(this.session.encodings().ofRequests(compressorName));
			}
			catch (IllegalArgumentException ex) {
				call.failLater(Status.INTERNAL.withDescription(ex.getMessage()));
				return;
			}
		}
		call.start(headers, this.options);
	}

	private OutboundCall<Q, R> started() {
		OutboundCall<Q, R> call = this.call;
		if (call == null) {
			throw new IllegalStateException("Not started");
		}
		return call;
	}

	@Override
	public void request(int count) {
		started().answer().request(count);
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		started().messages().enableCompression(enabled);
	}

	@Override
	public void sendMessage(Q message) {
		OutboundCall<Q, R> call = started();
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		if (this.halfCloseCalled) {
			throw new IllegalStateException("call was half-closed");
		}
		if (call.isOver()) {
			return;
		}
		Payload payload;
		try {
			payload = call.messages().payload(this.method.getRequestMarshaller(), message);
		}
		catch (RuntimeException ex) {
			call.failLater(unsendable(ex));
			return;
		}
		Integer max = this.options.getMaxOutboundMessageSize();
		if (max != null && payload.length() > max) {
			call.failLater(unsendable(
					Status.RESOURCE_EXHAUSTED.withDescription("message too large " + payload.length() + " > " + max)
						.asRuntimeException()));
		}
		else if (!this.session.budget().tryAdd(payload.length())) {
			call.failLater(this.session.budget().refusal(payload.length()));
		}
		else {
			send(call, payload);
		}
	}

	private void send(OutboundCall<Q, R> call, Payload payload) {
		CallTracers tracers = call.tracers();
		if (tracers != null) {
			tracers.sent(payload);
		}
		CallerStream stream = this.stream;
		if (stream != null) {
			stream.sendLater(payload);
		}
		else if (!call.messages().keep(payload)) {
			call.failLater(Status.INTERNAL.withDescription("a unary call has one request"));
		}
		else if (call.isOver()) {
			// The call has ended since that was asked, and has found nothing to drop.
			this.session.turn().execute(call.messages()::dropKept);
		}
	}

	/**
	 * What gRPC's own channels make of it.
	 */
	private static Status unsendable(RuntimeException failure) {
		return Status.CANCELLED.withDescription("Failed to stream message").withCause(failure);
	}

	@Override
	public void halfClose() {
		OutboundCall<Q, R> call = started();
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		if (this.halfCloseCalled) {
			throw new IllegalStateException("call already half-closed");
		}
		this.halfCloseCalled = true;
		this.session.turn().execute(call::halfClosed);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		if (this.cancelCalled) {
			return;
		}
		this.cancelCalled = true;
		OutboundCall<Q, R> call = this.call;
		if (call != null) {
			Status status = Status.CANCELLED
				.withDescription((message != null || cause != null) ? message : "Call cancelled without message")
				.withCause(cause);
			this.session.turn().execute(() -> call.cancel(status));
		}
	}

	@Override
	public boolean isReady() {
		OutboundCall<Q, R> call = this.call;
		if (call == null || call.isOver()) {
			return false;
		}
		CallerStream stream = this.stream;
		return stream == null || stream.isReady();
	}

	@Override
	public Attributes getAttributes() {
		return this.session.owner().attributes();
	}

}
