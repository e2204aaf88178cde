package io.brpc.internal.brpc2;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.MetadataCodec;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

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

	private final CallSession session;

	private final ServerMethodDefinition<Q, R> definition;

	private final MethodDescriptor<Q, R> method;

	private final long number;

	private final InboundRoute route;

	private final Metadata headers;

	private final Context.CancellableContext context;

	private final RequestDelivery<Q> events;

	private final SentMessages messages;

	private final @Nullable CallTracers tracers;

	/**
	 * What the application has taken and the peer was not told of.
	 */
	private long takenBytes;

	private boolean headersSent;

	private boolean closeCalled;

	private Encoded answerHeaders = Encoded.NONE;

	private volatile @Nullable Payload response;

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
		this.messages = new SentMessages(session);
		this.tracers = CallTracers.serving(session.service().tracers(), this.method.getFullMethodName(), this.headers);
		this.events = new RequestDelivery<>(this, CallExecutors.of(session.service(), this, this.headers));
		Context base = session.service().context();
		if (this.tracers != null) {
			base = this.tracers.in(base);
		}
		base = session.owner().contextOf(base, head.chain(), this.method.getFullMethodName());
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
		traceStart();
		try {
			this.events.addAll(this.session.encodings()
				.read(this.method.getRequestMarshaller(), body.array(), body.position(), body.remaining(), encoding,
						this.session.maxRequest(), this.tracers));
		}
		catch (RuntimeException ex) {
			fail(unreadable(ex));
		}
	}

	static Status unreadable(Throwable failure) {
		Status status = Status.fromThrowable(failure);
		return (status.getCode() != Status.Code.UNKNOWN) ? status
				: Status.INTERNAL.withDescription("the request can't be read").withCause(failure);
	}

	/**
	 * Begins a call whose messages are to come.
	 */
	void begin() {
		traceStart();
		this.events.start();
		this.events.ready();
	}

	void messageArrived(Message message) {
		if (!this.answered) {
			if (!this.session.untaken().tryAdd(message.cost())) {
				fail(this.session.untaken().refusal());
				return;
			}
			if (!this.events.add(message)) {
				this.session.untaken().remove(message.cost());
			}
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

	private void traceStart() {
		if (this.tracers != null) {
			this.tracers.started(this);
		}
	}

	private void traceEnd(Status status) {
		if (this.tracers != null) {
			this.tracers.closed(status);
		}
	}

	private void answer(Status status, Encoded trailers) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		traceEnd(status);
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
		if (this.messages.written(count)) {
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
			payload = this.messages.payload(this.method.getResponseMarshaller(), message);
		}
		catch (RuntimeException ex) {
			close(Status.fromThrowable(ex), new Metadata());
			return;
		}
		if (!this.session.budget().tryAdd(payload.length())) {
			failLater(this.session.budget().refusal(payload.length()));
			return;
		}
		if (this.tracers != null) {
			this.tracers.sent(payload);
		}
		if (this.route.isOwn()) {
			this.messages.add(payload.length());
			this.session.turn().execute(() -> send(payload));
		}
		else {
			this.response = payload;
			if (this.cancelled) {
				// The call has ended since that was asked, and has found nothing to drop.
				this.session.turn().execute(this::dropResponse);
			}
		}
	}

	void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
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
		this.session.turn().execute(() -> this.route.behindMessages(() -> answer(status, encoded)));
	}

	@Override
	public boolean isReady() {
		return !this.closeCalled && !this.answered && this.messages.isReady();
	}

	@Override
	public boolean isCancelled() {
		return this.cancelled;
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.messages.enableCompression(enabled);
	}

	@Override
	public void setCompression(String name) {
		if (this.headersSent) {
			throw new IllegalStateException("sendHeaders has been called");
		}
		this.messages.compressWith(this.session.encodings().ofAnswers(name));
	}

	@Override
	public void setOnReadyThreshold(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("onReadyThreshold is " + bytes + ", at least 1");
		}
		this.messages.readyBelow(bytes);
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

	private void rejected(RejectedExecutionException failure) {
		if (!this.answered) {
			this.answered = true;
			this.cancelled = true;
			traceEnd(Status.UNAVAILABLE);
			this.session.inbound().forget(this, false);
			dropResponse();
			this.route.answer(Answer.failed(this.number,
					Status.UNAVAILABLE.withDescription("the callee's executor takes no more: " + failure.getMessage()),
					false));
		}
	}

	// What the delivery of the request wants to know

	Context context() {
		return this.context;
	}

	/**
	 * Begins the call at the application.
	 * @return who hears of the request
	 */
	Listener<Q> startHandler() {
		return this.definition.getServerCallHandler().startCall(this, this.headers);
	}

	/**
	 * The handler has thrown.
	 * @param failure what
	 * @return whether that is a way to end its call
	 */
	boolean endedBy(Throwable failure) {
		Status status = this.session.service().statusOf(failure);
		if (status == null || this.closeCalled) {
			return false;
		}
		close(status, new Metadata());
		return true;
	}

	Q read(Message message) {
		return message.read(this.method.getRequestMarshaller(), this.session.maxRequest(), this.session.encodings(),
				this.tracers);
	}

	/**
	 * The handler has taken a message. Told by the delivery, one at a time.
	 * @param cost what it cost
	 */
	void taken(long cost) {
		this.session.untaken().remove(cost);
		this.takenBytes += cost;
		if (this.takenBytes * 2 >= this.session.settings().callWindow()) {
			long bytes = this.takenBytes;
			this.takenBytes = 0;
			this.session.turn().execute(() -> this.route.grant(bytes));
		}
	}

	/**
	 * Messages will never be taken.
	 * @param cost what they cost
	 */
	void dropped(long cost) {
		this.session.untaken().remove(cost);
	}

	/**
	 * The handler knows that the call is over, or will never know of it.
	 */
	void noticed() {
		this.context.cancel(null);
		if (this.lingers) {
			this.session.inbound().lingered();
		}
	}

	/**
	 * The executor takes nothing more.
	 * @param failure what it said
	 */
	void rejectedLater(RejectedExecutionException failure) {
		this.session.turn().execute(() -> rejected(failure));
	}

}
