package io.brpc.internal.brpc2;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.MetadataCodec;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.Attributes;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that the peer makes. Its answer to a unary call goes out when it is complete; on
 * a stream of its own, headers and messages go ahead.
 * <p>
 * The methods of {@link ServerCall} are the handler's, which calls one at a time, from
 * any thread; all else is event-loop confined.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class InboundCall<Q, R> extends ServerCall<Q, R> implements Context.CancellationListener {

	private static final Logger logger = LoggerFactory.getLogger(InboundCall.class);

	private final CallSession session;

	private final ServerMethodDefinition<Q, R> definition;

	private final MethodDescriptor<Q, R> method;

	private final long number;

	private final InboundRoute route;

	private final Metadata headers;

	private final Context.CancellableContext context;

	private final Events events;

	private final AtomicInteger pendingBytes = new AtomicInteger();

	private @Nullable Compressor compressor;

	private boolean compress = true;

	private boolean headersSent;

	private boolean closeCalled;

	private Encoded answerHeaders = Encoded.NONE;

	private @Nullable Payload response;

	private boolean messageSent;

	private volatile boolean cancelled;

	private volatile boolean answered;

	private volatile boolean lingers;

	InboundCall(CallSession session, ServerMethodDefinition<Q, R> definition, long number, InboundRoute route,
			CallHead head) {
		this.session = session;
		this.definition = definition;
		this.method = definition.getMethodDescriptor();
		this.number = number;
		this.route = route;
		this.headers = head.metadata();
		this.events = new Events();
		Context base = session.service().context();
		if (head.timeoutMicros() >= 0) {
			this.context = base.withDeadline(Deadline.after(head.timeoutMicros(), TimeUnit.MICROSECONDS),
					session.turn().loop());
		}
		else {
			this.context = base.withCancellation();
		}
	}

	long number() {
		return this.number;
	}

	boolean isAnswered() {
		return this.answered;
	}

	boolean wantsMore() {
		return this.events.isEmpty();
	}

	// The event loop's side

	/**
	 * Watches the call's time, now that others know of the call: it may be over already.
	 */
	void watchDeadline() {
		if (this.context.getDeadline() != null) {
			this.context.addListener(this, Runnable::run);
		}
	}

	/**
	 * Begins a call that came whole.
	 * @param body at the request
	 * @param encoding the request's compression, or -1
	 */
	void beginWith(FrameCursor body, int encoding) {
		try {
			this.events.addAll(Encodings.read(this.method.getRequestMarshaller(), body.array(), body.position(),
					body.remaining(), encoding, this.session.settings().maxMessage()));
		}
		catch (RuntimeException ex) {
			fail(unreadable(ex));
		}
	}

	private static Status unreadable(Throwable failure) {
		Status status = Status.fromThrowable(failure);
		return (status.getCode() != Status.Code.UNKNOWN) ? status
				: Status.INTERNAL.withDescription("the request can't be read").withCause(failure);
	}

	/**
	 * Begins a call whose messages are to come.
	 */
	void begin() {
		this.events.start();
		this.events.ready();
	}

	void messageArrived(Message message) {
		if (!this.answered) {
			this.events.add(message);
			this.events.wake();
		}
	}

	void halfClosed() {
		this.events.end();
	}

	/**
	 * Ends the call for a reason that the handler has not given.
	 * @param status what the peer is told
	 */
	void fail(Status status) {
		cancelHandler(status, status);
	}

	void cancelledByPeer() {
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
		this.cancelled = true;
		this.lingers = true;
		this.session.inbound().forget(this, true);
		dropResponse();
		// Not on the call's turn: a handler that is busy has to see it.
		try {
			this.session.service().executor().execute(() -> this.context.cancel(cause.asRuntimeException()));
		}
		catch (RejectedExecutionException ex) {
			this.context.cancel(cause.asRuntimeException());
		}
		this.events.abort();
	}

	private void dropResponse() {
		Payload response = this.response;
		if (response != null) {
			this.response = null;
			this.session.budget().remove(response.length());
		}
	}

	/**
	 * The context's deadline, or somebody who had the context.
	 */
	@Override
	public void cancelled(Context context) {
		if (context.cancellationCause() instanceof TimeoutException) {
			this.session.turn()
				.execute(() -> fail(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded at the callee")));
		}
	}

	private void answer(Status status, Encoded trailers) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		this.session.inbound().forget(this, false);
		Payload response = this.response;
		this.response = null;
		if (response != null && !status.isOk()) {
			this.session.budget().remove(response.length());
			response = null;
		}
		this.route.answer(new Answer(this.number, this.answerHeaders, response, status, false, trailers));
		this.events.abort();
	}

	/**
	 * Messages are with QUIC.
	 * @param count their bytes
	 */
	void written(int count) {
		int now = this.pendingBytes.addAndGet(-count);
		if (now < OutboundCall.READY_BYTES && now + count >= OutboundCall.READY_BYTES) {
			this.events.ready();
		}
	}

	// The handler's side

	@Override
	public void request(int count) {
		this.events.request(count);
	}

	@Override
	public void sendHeaders(Metadata headers) {
		if (this.headersSent) {
			throw new IllegalStateException("sendHeaders has already been called");
		}
		if (this.closeCalled) {
			throw new IllegalStateException("call is closed");
		}
		this.headersSent = true;
		Encoded encoded = MetadataCodec.encode(headers);
		if (this.route.isOwn()) {
			if (!this.cancelled) {
				this.session.turn().execute(() -> sendHeaders(encoded));
			}
		}
		else {
			this.answerHeaders = encoded;
		}
	}

	private void sendHeaders(Encoded headers) {
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

	@Override
	public void sendMessage(R message) {
		if (!this.headersSent) {
			throw new IllegalStateException("sendHeaders has not been called");
		}
		if (this.closeCalled) {
			throw new IllegalStateException("call is closed");
		}
		if (this.cancelled) {
			return;
		}
		if (this.messageSent && this.method.getType().serverSendsOneMessage()) {
			failLater(Status.INTERNAL.withDescription("Too many responses"));
			return;
		}
		this.messageSent = true;
		Payload payload;
		try {
			payload = payload(message);
		}
		catch (RuntimeException ex) {
			close(Status.fromThrowable(ex), new Metadata());
			return;
		}
		if (!this.session.budget().tryAdd(payload.length())) {
			failLater(this.session.budget().refusal(payload.length()));
		}
		else if (this.route.isOwn()) {
			this.pendingBytes.addAndGet(payload.length());
			this.session.turn().execute(() -> send(payload));
		}
		else {
			this.response = payload;
		}
	}

	private void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
	}

	private Payload payload(R message) {
		Compressor compressor = this.compressor;
		Settings peer = this.session.peer();
		int encoding = (compressor != null && this.compress && peer != null)
				? peer.encodings().indexOf(compressor.getMessageEncoding()) : -1;
		if (encoding >= 0 && compressor != null) {
			return Payload.compressed(this.method.getResponseMarshaller(), message, compressor, encoding);
		}
		return Payload.of(this.method.getResponseMarshaller(), message, this.session.turn().loop().inEventLoop());
	}

	private void send(Payload payload) {
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

	@Override
	public void close(Status status, Metadata trailers) {
		if (this.closeCalled) {
			throw new IllegalStateException("call already closed");
		}
		this.closeCalled = true;
		if (status.isOk() && !this.messageSent && this.method.getType().serverSendsOneMessage()) {
			failLater(Status.INTERNAL.withDescription("Completed without a response"));
			return;
		}
		Encoded encoded = MetadataCodec.encode(trailers);
		this.session.turn().execute(() -> answer(status, encoded));
	}

	@Override
	public boolean isReady() {
		return !this.closeCalled && !this.answered && this.pendingBytes.get() < OutboundCall.READY_BYTES;
	}

	@Override
	public boolean isCancelled() {
		return this.cancelled;
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.compress = enabled;
	}

	@Override
	public void setCompression(String name) {
		if (this.headersSent) {
			throw new IllegalStateException("sendHeaders has been called");
		}
		this.compressor = Encodings.compressor(name);
	}

	@Override
	public SecurityLevel getSecurityLevel() {
		return SecurityLevel.PRIVACY_AND_INTEGRITY;
	}

	@Override
	public Attributes getAttributes() {
		return this.session.owner().attributes();
	}

	@Override
	public MethodDescriptor<Q, R> getMethodDescriptor() {
		return this.method;
	}

	/**
	 * What the handler is told.
	 */
	private final class Events extends Delivery {

		private @Nullable Listener<Q> listener;

		Events() {
			super(InboundCall.this.session.service().executor());
		}

		@Override
		Context context() {
			return InboundCall.this.context;
		}

		@Override
		boolean readyBeforeStart() {
			return false;
		}

		@Override
		void onStart() {
			this.listener = InboundCall.this.definition.getServerCallHandler()
				.startCall(InboundCall.this, InboundCall.this.headers);
		}

		@Override
		void onReady() {
			if (this.listener != null) {
				this.listener.onReady();
			}
		}

		@Override
		@SuppressWarnings("unchecked")
		void onMessage(Object message) throws UnreadableException {
			if (this.listener != null) {
				this.listener.onMessage((message instanceof Message bytes) ? read(bytes) : (Q) message);
			}
		}

		private Q read(Message message) throws UnreadableException {
			try {
				return message.read(InboundCall.this.method.getRequestMarshaller(),
						InboundCall.this.session.settings().maxMessage());
			}
			catch (RuntimeException ex) {
				throw new UnreadableException(ex);
			}
		}

		@Override
		void onEmpty() {
			if (InboundCall.this.route.isOwn()) {
				InboundCall.this.session.turn().execute(InboundCall.this.route::resume);
			}
		}

		@Override
		void onEnd() {
			if (this.listener != null) {
				this.listener.onHalfClose();
			}
		}

		@Override
		void onAbort() {
			try {
				if (this.listener == null) {
					return;
				}
				if (InboundCall.this.cancelled) {
					this.listener.onCancel();
				}
				else {
					this.listener.onComplete();
				}
			}
			finally {
				noticed();
			}
		}

		private void noticed() {
			InboundCall.this.context.cancel(null);
			if (InboundCall.this.lingers) {
				InboundCall.this.session.inbound().lingered();
			}
		}

		@Override
		void onFailure(Throwable failure) {
			if (failure instanceof UnreadableException unreadable) {
				failLater(unreadable.status());
				return;
			}
			logger.error("the handler of {} threw", InboundCall.this.method.getFullMethodName(), failure);
			failLater(Status.UNKNOWN.withDescription("Application error processing RPC").withCause(failure));
		}

		@Override
		void onRejected(RejectedExecutionException failure) {
			InboundCall.this.session.turn().execute(() -> rejected(failure));
			noticed();
		}

	}

	private void rejected(RejectedExecutionException failure) {
		if (!this.answered) {
			this.answered = true;
			this.cancelled = true;
			this.session.inbound().forget(this, false);
			dropResponse();
			this.route.answer(Answer.failed(this.number,
					Status.UNAVAILABLE.withDescription("the callee's executor takes no more: " + failure.getMessage()),
					false));
		}
	}

	/**
	 * It is the peer's message that is at fault, and not the handler.
	 */
	private static final class UnreadableException extends Exception {

		@Serial
		private static final long serialVersionUID = 1L;

		private final transient Status status;

		UnreadableException(RuntimeException cause) {
			super(cause);
			this.status = unreadable(cause);
		}

		Status status() {
			return this.status;
		}

	}

}
