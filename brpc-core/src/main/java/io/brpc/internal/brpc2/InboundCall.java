package io.brpc.internal.brpc2;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that the peer makes. Its answer to a unary call goes out when it is complete; on
 * a stream of its own, headers and messages go ahead.
 * <p>
 * Event-loop confined, but for what {@link ServedCall}, the handler's side of it, and
 * {@link RequestDelivery} say and ask: they do one thing at a time each, on any thread.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class InboundCall<Q, R> implements Context.CancellationListener {

	private final CallSession session;

	private final ServerMethodDefinition<Q, R> definition;

	private final long number;

	private final InboundRoute route;

	private final Metadata headers;

	private final Context.CancellableContext context;

	private final RequestDelivery<Q> request;

	private final SentMessages messages;

	private final ServedCall<Q, R> handle;

	private final @Nullable CallTracers tracers;

	private volatile boolean cancelled;

	private volatile boolean answered;

	private volatile boolean lingers;

	InboundCall(CallSession session, ServerMethodDefinition<Q, R> definition, long number, InboundRoute route,
			CallHead head) {
		this.session = session;
		this.definition = definition;
		this.number = number;
		this.route = route;
		this.headers = head.metadata();
		this.messages = new SentMessages(session);
		MethodDescriptor<Q, R> method = definition.getMethodDescriptor();
		this.handle = new ServedCall<>(session, this, method, route.isOwn());
		this.tracers = CallTracers.serving(session.service().tracers(), method.getFullMethodName(), this.headers);
		this.request = new RequestDelivery<>(this, CallExecutors.of(session.service(), this, this.headers));
		Context base = session.service().context();
		if (this.tracers != null) {
			base = this.tracers.in(base);
		}
		base = session.owner().contextOf(base, head.chain(), method.getFullMethodName());
		if (head.timeoutMicros() >= 0) {
			this.context = base.withDeadline(Deadline.after(head.timeoutMicros(), TimeUnit.MICROSECONDS),
					session.turn().loop());
		}
		else {
			this.context = base.withCancellation();
		}
	}

	CallSession session() {
		return this.session;
	}

	long number() {
		return this.number;
	}

	Context context() {
		return this.context;
	}

	/**
	 * Returns what the handler knows of the call.
	 * @return always the same
	 */
	ServedCall<Q, R> handle() {
		return this.handle;
	}

	RequestDelivery<Q> request() {
		return this.request;
	}

	SentMessages messages() {
		return this.messages;
	}

	@Nullable CallTracers tracers() {
		return this.tracers;
	}

	boolean isAnswered() {
		return this.answered;
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	// The way in

	/**
	 * Watches the call's time, now that others know of the call: it may be over already.
	 */
	void watchDeadline() {
		if (this.context.getDeadline() != null) {
			this.context.addListener(this, Runnable::run);
		}
	}

	/**
	 * Begins the call at the application, which does so on the call's executor.
	 * @return who hears of the request
	 */
	ServerCall.Listener<Q> startHandler() {
		return this.definition.getServerCallHandler().startCall(this.handle, this.headers);
	}

	/**
	 * The handler has taken what the peer sent.
	 * @param bytes how much more it may send
	 */
	void grant(long bytes) {
		this.route.grant(bytes);
	}

	// The way back

	void sendHeaders(Encoded headers) {
		Settings peer = this.session.peer();
		if (this.answered || peer == null) {
			return;
		}
		if (headers.cost() > peer.maxMetadata()) {
			fail(Status.RESOURCE_EXHAUSTED.withDescription(
					"metadata of the answer is " + headers.cost() + " bytes, limit is " + peer.maxMetadata()));
			return;
		}
		this.route.sendHeaders(headers);
	}

	void send(Payload payload) {
		if (this.answered) {
			this.session.budget().remove(payload.length());
			return;
		}
		try {
			this.route.sendMessage(payload);
		}
		catch (RuntimeException ex) {
			fail(Status.fromThrowable(ex));
		}
	}

	/**
	 * Messages are with QUIC.
	 * @param count their bytes
	 */
	void written(int count) {
		if (this.messages.written(count)) {
			this.request.ready();
		}
	}

	/**
	 * Ends the call as the handler says, behind its messages.
	 * @param headers initial metadata, unless they have been sent
	 * @param status how it ends
	 * @param trailers trailing metadata
	 */
	void close(Encoded headers, Status status, Encoded trailers) {
		if (this.route.isOwn()) {
			this.route.behindMessages(() -> answer(headers, status, trailers));
		}
		else {
			// Not as a task of its own: this is every call on a lane.
			answer(headers, status, trailers);
		}
	}

	private void answer(Encoded headers, Status status, Encoded trailers) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		traceEnd(status);
		this.session.inbound().forget(this, false);
		if (!status.isOk()) {
			this.messages.dropKept();
		}
		Payload response = this.messages.kept();
		this.messages.handOver();
		this.route.answer(new Answer(this.number, headers, response, status, false, trailers));
		this.request.abort();
	}

	private void traceEnd(Status status) {
		if (this.tracers != null) {
			this.tracers.closed(status);
		}
	}

	// The end for a reason that the handler has not given

	/**
	 * The context's deadline, or somebody who had the context.
	 */
	@Override
	public void cancelled(Context context) {
		if (context.cancellationCause() instanceof TimeoutException) {
			failLater(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded at the callee"));
		}
	}

	/**
	 * Ends the call from any thread.
	 * @param status what the peer is told
	 */
	void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
	}

	/**
	 * Ends the call.
	 * @param status what the peer is told
	 */
	void fail(Status status) {
		cancelHandler(status, status);
	}

	void cancelledByPeer() {
		if (!this.answered) {
			this.session.inbound().countCancel();
		}
		cancelHandler(Status.CANCELLED, Status.CANCELLED.withDescription("RPC cancelled"));
	}

	private void cancelHandler(Status told, Status cause) {
		if (!this.answered) {
			cancelHandler(cause);
			this.route.answer(Answer.failed(this.number, told, false));
		}
	}

	/**
	 * Cancels the handler because the session is over.
	 */
	void lost() {
		if (!this.answered) {
			cancelHandler(Status.CANCELLED.withDescription("the connection is lost"));
		}
	}

	private void cancelHandler(Status cause) {
		this.answered = true;
		traceEnd(cause);
		this.cancelled = true;
		this.lingers = true;
		this.session.inbound().forget(this, true);
		this.messages.dropKept();
		// Not on the call's turn: a handler that is busy has to see it.
		try {
			this.session.service().executor().execute(() -> this.context.cancel(cause.asRuntimeException()));
		}
		catch (RejectedExecutionException ex) {
			this.context.cancel(cause.asRuntimeException());
		}
		this.request.abort();
	}

	/**
	 * The executor takes nothing more.
	 * @param failure what it said
	 */
	void rejectedLater(RejectedExecutionException failure) {
		this.session.turn().execute(() -> rejected(failure));
	}

	private void rejected(RejectedExecutionException failure) {
		if (!this.answered) {
			this.answered = true;
			this.cancelled = true;
			traceEnd(Status.UNAVAILABLE);
			this.session.inbound().forget(this, false);
			this.messages.dropKept();
			this.route.answer(Answer.failed(this.number,
					Status.UNAVAILABLE.withDescription("the callee's executor takes no more: " + failure.getMessage()),
					false));
		}
	}

	/**
	 * The handler knows that the call is over, or will never know of it. Told by the
	 * delivery, on any thread.
	 */
	void noticed() {
		this.context.cancel(null);
		if (this.lingers) {
			this.session.inbound().lingered();
		}
	}

}
