package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.MetadataCodec;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that this end makes. A unary call is sent when it is complete, on a lane if it
 * fits; any other one has a stream of its own from the start.
 * <p>
 * The methods of {@link ClientCall} are the application's, which calls one at a time,
 * from any thread; all else is event-loop confined.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class OutboundCall<Q, R> extends ClientCall<Q, R> implements Context.CancellationListener {

	private static final Logger logger = LoggerFactory.getLogger(OutboundCall.class);

	/**
	 * How much may wait before the application is told to, as with gRPC's own transports.
	 */
	static final int READY_BYTES = 32 << 10;

	private final CallSession session;

	private final MethodDescriptor<Q, R> method;

	private final CallOptions options;

	private final Context context = Context.current();

	private final boolean unary;

	private final int maxMessage;

	private final AtomicInteger pendingBytes = new AtomicInteger();

	private @Nullable Events events;

	private @Nullable Compressor compressor;

	private boolean compress = true;

	private boolean cancelCalled;

	private boolean halfCloseCalled;

	private boolean authorized;

	private Encoded headers = Encoded.NONE;

	private byte @Nullable [] chain;

	private @Nullable Deadline deadline;

	private @Nullable Payload request;

	private volatile boolean open;

	private volatile boolean over;

	private long number = -1;

	private boolean submitted;

	private boolean sent;

	private @Nullable OutboundRoute route;

	private @Nullable StreamHalf source;

	private @Nullable AnswerHalf answerHalf;

	private @Nullable CallerStream ownStream;

	private @Nullable Future<?> timer;

	private Metadata initialMetadata = new Metadata();

	private boolean initialMetadataArrived;

	private Status status = Status.OK;

	private Metadata trailers = new Metadata();

	private volatile @Nullable Status failure;

	OutboundCall(CallSession session, MethodDescriptor<Q, R> method, CallOptions options) {
		this.session = session;
		this.method = method;
		this.options = options;
		this.unary = method.getType() == MethodType.UNARY;
		Integer max = options.getMaxInboundMessageSize();
		this.maxMessage = (max != null) ? max : session.settings().maxMessage();
	}

	CallSession session() {
		return this.session;
	}

	MethodDescriptor<Q, R> method() {
		return this.method;
	}

	Encoded headers() {
		return this.headers;
	}

	byte @Nullable [] chain() {
		return this.chain;
	}

	int maxMessage() {
		return this.maxMessage;
	}

	long number() {
		return this.number;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Returns who may bring the answer.
	 * @return the half of a stream, or null as long as the call was not sent
	 */
	@Nullable StreamHalf source() {
		return this.source;
	}

	/**
	 * Returns the time left.
	 * @return microseconds, or -1 for no limit
	 */
	long timeoutMicros() {
		Deadline deadline = this.deadline;
		return (deadline != null) ? Math.max(deadline.timeRemaining(TimeUnit.MICROSECONDS), 0) : -1;
	}

	boolean wantsMore() {
		return events().isEmpty();
	}

	private Events events() {
		Events events = this.events;
		if (events == null) {
			throw new IllegalStateException("Not started");
		}
		return events;
	}

	// The application's side

	@Override
	public void start(Listener<R> listener, Metadata headers) {
		if (this.events != null) {
			throw new IllegalStateException("Already started");
		}
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		Executor executor = this.options.getExecutor();
		if (executor == null) {
			executor = this.session.service().answerExecutor();
		}
		this.events = new Events(executor, listener);
		String compressorName = this.options.getCompressor();
		if (compressorName != null) {
			try {
				this.compressor = Encodings.compressor(compressorName);
			}
			catch (IllegalArgumentException ex) {
				failLater(Status.INTERNAL.withDescription(ex.getMessage()));
				return;
			}
		}
		if (!this.unary) {
			this.ownStream = new CallerStream(this);
		}
		watchContext();
		if (this.options.getCredentials() != null) {
			new CallAuthorization(this.session, this.method, this.options, executor,
					(credentials) -> this.session.turn().execute(() -> authorized(headers, credentials)),
					this::failLater)
				.apply(this.options.getCredentials());
			return;
		}
		encode(headers);
		this.authorized = true;
		if (!this.unary) {
			this.session.turn().execute(this::submitIfComplete);
		}
	}

	private void watchContext() {
		Deadline own = this.options.getDeadline();
		Deadline inherited = this.context.getDeadline();
		this.deadline = (own == null || (inherited != null && inherited.isBefore(own))) ? inherited : own;
		if (this.deadline != null) {
			this.session.turn().execute(this::watchDeadline);
		}
		this.context.addListener(this, Runnable::run);
	}

	private void encode(Metadata headers) {
		this.headers = MetadataCodec.encode(headers);
		if (this.headers != Encoded.NONE || !headers.keys().isEmpty()) {
			String chain = headers.get(MetadataCodec.CHAIN);
			this.chain = (chain != null) ? chain.getBytes(StandardCharsets.US_ASCII) : null;
		}
	}

	@Override
	public void request(int count) {
		events().request(count);
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		events();
		this.compress = enabled;
	}

	@Override
	public void sendMessage(Q message) {
		events();
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		if (this.halfCloseCalled) {
			throw new IllegalStateException("call was half-closed");
		}
		if (this.over) {
			return;
		}
		Payload payload;
		try {
			payload = payload(message);
		}
		catch (RuntimeException ex) {
			failLater(Status.CANCELLED.withDescription("Failed to stream message").withCause(ex));
			return;
		}
		Integer max = this.options.getMaxOutboundMessageSize();
		if (max != null && payload.length() > max) {
			failLater(Status.RESOURCE_EXHAUSTED.withDescription("message too large " + payload.length() + " > " + max));
		}
		else if (!this.session.budget().tryAdd(payload.length())) {
			failLater(this.session.budget().refusal(payload.length()));
		}
		else if (this.unary) {
			replaceRequest(payload);
		}
		else {
			this.pendingBytes.addAndGet(payload.length());
			this.session.turn().execute(() -> send(payload));
		}
	}

	private void replaceRequest(Payload payload) {
		Payload before = this.request;
		if (before != null) {
			this.session.budget().remove(before.length() + payload.length());
			failLater(Status.INTERNAL.withDescription("a unary call has one request"));
			return;
		}
		this.request = payload;
	}

	private Payload payload(Q message) {
		int encoding = encoding();
		Compressor compressor = this.compressor;
		if (encoding >= 0 && compressor != null) {
			return Payload.compressed(this.method.getRequestMarshaller(), message, compressor, encoding);
		}
		boolean later = this.session.turn().loop().inEventLoop();
		return Payload.of(this.method.getRequestMarshaller(), message, later);
	}

	private int encoding() {
		Settings peer = this.session.peer();
		return (this.compressor != null && this.compress && peer != null)
				? peer.encodings().indexOf(this.compressor.getMessageEncoding()) : -1;
	}

	@Override
	public void halfClose() {
		events();
		if (this.cancelCalled) {
			throw new IllegalStateException("call was cancelled");
		}
		if (this.halfCloseCalled) {
			throw new IllegalStateException("call already half-closed");
		}
		this.halfCloseCalled = true;
		this.session.turn().execute(this::halfClosed);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		if (this.cancelCalled) {
			return;
		}
		this.cancelCalled = true;
		if (this.events != null) {
			failLater(Status.CANCELLED
				.withDescription((message != null || cause != null) ? message : "Call cancelled without message")
				.withCause(cause));
		}
	}

	@Override
	public void cancelled(Context context) {
		failLater(Contexts.statusFromCancelled(context));
	}

	private void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
	}

	@Override
	public boolean isReady() {
		return !this.over && (this.unary ? this.events != null : this.open && this.pendingBytes.get() < READY_BYTES);
	}

	@Override
	public Attributes getAttributes() {
		return this.session.owner().attributes();
	}

	// The event loop's side

	private void authorized(Metadata headers, Metadata credentials) {
		if (this.over || this.authorized) {
			return;
		}
		headers.merge(credentials);
		encode(headers);
		this.authorized = true;
		submitIfComplete();
	}

	private void halfClosed() {
		if (this.ownStream != null) {
			this.ownStream.halfClose();
		}
		submitIfComplete();
	}

	private void submitIfComplete() {
		if (!this.over && !this.submitted && this.authorized && (!this.unary || this.halfCloseCalled)) {
			this.submitted = true;
			this.session.outbound().submit(this);
		}
	}

	private void watchDeadline() {
		Deadline deadline = this.deadline;
		if (this.over || deadline == null) {
			return;
		}
		long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
		if (left <= 0) {
			deadlineExceeded();
		}
		else {
			this.timer = this.session.turn().loop().schedule(this::deadlineExceeded, left, TimeUnit.NANOSECONDS);
		}
	}

	private void deadlineExceeded() {
		fail(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded; the call was "
				+ (this.sent ? "not answered by the peer" : (this.submitted ? "waiting to be sent" : "not complete"))));
	}

	/**
	 * Tells whether the call may be sent; ends it if not.
	 * @param peer the peer's settings
	 * @return whether it may
	 */
	boolean isAcceptable(Settings peer) {
		int cost = this.headers.cost() + ((this.chain != null) ? this.chain.length : 0);
		if (cost > peer.maxMetadata()) {
			finish(Status.RESOURCE_EXHAUSTED.withDescription(
					"metadata is " + cost + " bytes, limit is " + peer.maxMetadata()), new Metadata(), true);
		}
		else if (this.method.getFullMethodName().getBytes(StandardCharsets.UTF_8).length > CallHead.MAX_PATH_LENGTH) {
			finish(Status.INTERNAL.withDescription("the method's name is longer than " + CallHead.MAX_PATH_LENGTH),
					new Metadata(), true);
		}
		return !this.over;
	}

	/**
	 * Sends the call.
	 * @param number its number
	 * @param peer the peer's settings
	 */
	void launch(long number, Settings peer) {
		this.number = number;
		Payload request = this.request;
		if (this.unary && request != null) {
			try {
				if (sendOnLane(request, peer)) {
					return;
				}
			}
			catch (RuntimeException ex) {
				fail(Status.fromThrowable(ex));
				return;
			}
		}
		CallerStream stream = this.ownStream;
		if (stream == null) {
			stream = new CallerStream(this);
			this.ownStream = stream;
			if (request != null) {
				this.request = null;
				stream.send(request);
			}
			stream.halfClose();
		}
		this.route = stream;
		this.session.opener().open(QuicStreamType.BIDIRECTIONAL, stream);
	}

	private boolean sendOnLane(Payload request, Settings peer) {
		CallerLane lane = this.session.outbound().lane(peer);
		if (lane == null || !lane.send(this, request)) {
			return false;
		}
		this.request = null;
		this.route = lane;
		this.source = lane;
		this.sent = true;
		return true;
	}

	/**
	 * The call was sent on a stream of its own.
	 * @param half where the answer comes
	 */
	void sentOn(AnswerHalf half) {
		this.sent = true;
		answersOn(half);
		this.open = true;
		events().ready();
	}

	/**
	 * The answer comes on another stream than the call's.
	 * @param half where
	 */
	void answersOn(AnswerHalf half) {
		this.source = half;
		this.answerHalf = half;
	}

	private void send(Payload payload) {
		if (this.over || this.ownStream == null) {
			this.session.budget().remove(payload.length());
		}
		else {
			this.ownStream.send(payload);
		}
	}

	/**
	 * Messages are with QUIC.
	 * @param count their bytes
	 */
	void written(int count) {
		int now = this.pendingBytes.addAndGet(-count);
		if (now < READY_BYTES && now + count >= READY_BYTES) {
			events().ready();
		}
	}

	/**
	 * The answer has arrived, and is all that comes.
	 * @param head its fields
	 * @param body at the message
	 */
	void answeredOnLane(AnswerHead head, FrameCursor body) {
		this.session.outbound().forget(this);
		if (this.over) {
			return;
		}
		if (!head.status().isOk()) {
			headersBeside(head);
			close(statusOf(head), trailersOf(head));
			events().end();
			return;
		}
		try {
			R message = Encodings.read(this.method.getResponseMarshaller(), body.array(), body.position(),
					body.remaining(), head.encoding(), this.maxMessage);
			this.initialMetadata = (head.headers() != null) ? head.headers() : this.initialMetadata;
			close(Status.OK, trailersOf(head));
			events().addAll(message);
		}
		catch (WireException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			finish(unreadable(ex), new Metadata(), true);
		}
	}

	private static Status unreadable(Throwable failure) {
		Status status = Status.fromThrowable(failure);
		return (status.getCode() != Status.Code.UNKNOWN) ? status
				: Status.CANCELLED.withDescription("Failed to read message.").withCause(failure);
	}

	private void headersBeside(AnswerHead head) {
		Metadata headers = head.headers();
		if (headers != null && !this.over) {
			headersArrived(headers);
		}
	}

	private static Status statusOf(AnswerHead head) {
		return head.isNotRun() ? NotRun.mark(head.status()) : head.status();
	}

	private static Metadata trailersOf(AnswerHead head) {
		Metadata trailers = head.trailers();
		return (trailers != null) ? trailers : new Metadata();
	}

	void headersArrived(Metadata headers) {
		if (!this.initialMetadataArrived && !this.over) {
			this.initialMetadataArrived = true;
			this.initialMetadata = headers;
			events().start();
		}
	}

	void messageArrived(Message message) {
		headersArrived(new Metadata());
		events().add(message);
		events().wake();
	}

	/**
	 * The ANSWER has arrived, behind all else.
	 * @param head its fields
	 */
	void answered(AnswerHead head) {
		this.session.outbound().forget(this);
		headersBeside(head);
		finish(statusOf(head), trailersOf(head), false);
	}

	/**
	 * Ends the call at this end, and tells the peer if it has heard of it.
	 * @param status not OK
	 */
	void fail(Status status) {
		if (this.over) {
			return;
		}
		finish(status, new Metadata(), true);
		if (this.number < 0) {
			this.session.outbound().withdraw(this);
		}
		else if (this.sent && this.route != null) {
			this.route.cancel(this.number);
			resume();
		}
		else {
			this.session.outbound().forget(this);
		}
	}

	/**
	 * Ends the call because the session is over.
	 * @param status not OK
	 */
	void lost(Status status) {
		finish(status, new Metadata(), true);
		if (this.ownStream != null) {
			this.ownStream.close();
		}
	}

	/**
	 * Ends the call at this end.
	 * @param status what with
	 * @param trailers what with
	 * @param abort whether messages that wait are dropped
	 */
	void finish(Status status, Metadata trailers, boolean abort) {
		if (this.over) {
			return;
		}
		close(status, trailers);
		if (abort) {
			events().abort();
		}
		else {
			events().end();
		}
	}

	private void close(Status status, Metadata trailers) {
		this.over = true;
		this.status = status;
		this.trailers = trailers;
		this.context.removeListener(this);
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		Payload request = this.request;
		if (request != null) {
			this.request = null;
			this.session.budget().remove(request.length());
		}
		if (this.ownStream != null) {
			this.ownStream.drop();
		}
	}

	private void resume() {
		if (this.answerHalf != null) {
			this.answerHalf.resume();
		}
	}

	/**
	 * What the application is told.
	 */
	private final class Events extends Delivery {

		private final Listener<R> listener;

		Events(Executor executor, Listener<R> listener) {
			super(executor);
			this.listener = listener;
		}

		@Override
		Context context() {
			return OutboundCall.this.context;
		}

		@Override
		boolean readyBeforeStart() {
			return true;
		}

		@Override
		void onStart() {
			this.listener.onHeaders(OutboundCall.this.initialMetadata);
		}

		@Override
		void onReady() {
			this.listener.onReady();
		}

		@Override
		@SuppressWarnings("unchecked")
		void onMessage(Object message) {
			this.listener.onMessage((message instanceof Message bytes)
					? bytes.read(OutboundCall.this.method.getResponseMarshaller(), OutboundCall.this.maxMessage)
					: (R) message);
		}

		@Override
		void onEmpty() {
			if (OutboundCall.this.answerHalf != null) {
				OutboundCall.this.session.turn().execute(OutboundCall.this::resume);
			}
		}

		@Override
		void onEnd() {
			abort();
		}

		@Override
		void onAbort() {
			Status failure = OutboundCall.this.failure;
			if (failure != null) {
				this.listener.onClose(failure, new Metadata());
			}
			else {
				this.listener.onClose(OutboundCall.this.status, OutboundCall.this.trailers);
			}
		}

		@Override
		void onFailure(Throwable failure) {
			if (isFinished()) {
				logger.warn("the listener of a call to {} threw when it was closed",
						OutboundCall.this.method.getFullMethodName(), failure);
				return;
			}
			Status status = unreadable(failure);
			OutboundCall.this.failure = status;
			abort();
			failLater(status);
		}

		@Override
		void onRejected(RejectedExecutionException failure) {
			logger.debug("the executor of a call to {} takes nothing more",
					OutboundCall.this.method.getFullMethodName(), failure);
			failLater(Status.CANCELLED.withDescription("the call's executor takes nothing more").withCause(failure));
		}

	}

}
