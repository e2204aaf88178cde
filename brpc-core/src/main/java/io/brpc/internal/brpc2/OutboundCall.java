package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

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
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamType;
import org.jspecify.annotations.Nullable;

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

	/**
	 * Of a text in UTF-8.
	 */
	private static final int MAX_BYTES_PER_CHAR = 3;

	private final CallSession session;

	private final MethodDescriptor<Q, R> method;

	private final CallOptions options;

	private final Context context = Context.current();

	private final boolean unary;

	private final int maxMessage;

	private final SentMessages messages;

	private @Nullable AnswerDelivery<R> events;

	private boolean cancelCalled;

	/**
	 * What the application has taken and the peer was not told of.
	 */
	private long takenBytes;

	private boolean halfCloseCalled;

	private boolean authorized;

	private Encoded headers = Encoded.NONE;

	private byte @Nullable [] chain;

	private @Nullable CallDeadline deadline;

	private @Nullable CallTracers tracers;

	private volatile @Nullable Payload request;

	private volatile boolean open;

	private volatile boolean over;

	private long number = -1;

	private boolean submitted;

	private boolean sent;

	private @Nullable OutboundRoute route;

	private @Nullable StreamHalf source;

	private @Nullable CallerStream ownStream;

	private Metadata initialMetadata = new Metadata();

	private boolean initialMetadataArrived;

	private Status status = Status.OK;

	private Metadata trailers = new Metadata();

	OutboundCall(CallSession session, MethodDescriptor<Q, R> method, CallOptions options) {
		this.session = session;
		this.method = method;
		this.options = options;
		this.unary = method.getType() == MethodType.UNARY;
		Integer max = options.getMaxInboundMessageSize();
		this.maxMessage = (max != null) ? max : session.maxAnswer();
		this.messages = new SentMessages(session);
		Integer ready = options.getOnReadyThreshold();
		if (ready != null) {
			this.messages.readyBelow(ready);
		}
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
		CallDeadline deadline = this.deadline;
		return (deadline != null) ? deadline.remainingMicros() : -1;
	}

	private AnswerDelivery<R> events() {
		AnswerDelivery<R> events = this.events;
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
		this.events = new AnswerDelivery<>(this, executor, listener);
		String compressorName = this.options.getCompressor();
		if (compressorName != null) {
			try {
				this.messages.compressWith(this.session.encodings().ofRequests(compressorName));
			}
			catch (IllegalArgumentException ex) {
				failLater(Status.INTERNAL.withDescription(ex.getMessage()));
				return;
			}
		}
		if (!this.unary) {
			this.ownStream = new CallerStream(this);
		}
		this.tracers = CallTracers.calling(this.options, this.session.owner().attributes(), headers);
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
		CallDeadline deadline = CallDeadline.earliest(this, this.options, this.context, this.session.turn().loop());
		if (deadline != null) {
			this.deadline = deadline;
			this.session.turn().execute(deadline);
		}
		this.context.addListener(this, Runnable::run);
	}

	private void encode(Metadata headers) {
		this.headers = MetadataCodec.encode(headers);
		this.chain = this.session.owner().chainOf(this.context);
	}

	@Override
	public void request(int count) {
		events().request(count);
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		events();
		this.messages.enableCompression(enabled);
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
			payload = this.messages.payload(this.method.getRequestMarshaller(), message);
		}
		catch (RuntimeException ex) {
			failLater(unsendable(ex));
			return;
		}
		Integer max = this.options.getMaxOutboundMessageSize();
		if (max != null && payload.length() > max) {
			failLater(unsendable(
					Status.RESOURCE_EXHAUSTED.withDescription("message too large " + payload.length() + " > " + max)
						.asRuntimeException()));
		}
		else if (!this.session.budget().tryAdd(payload.length())) {
			failLater(this.session.budget().refusal(payload.length()));
		}
		else {
			send(payload);
		}
	}

	/**
	 * What gRPC's own channels make of it.
	 */
	private static Status unsendable(RuntimeException failure) {
		return Status.CANCELLED.withDescription("Failed to stream message").withCause(failure);
	}

	private void send(Payload payload) {
		CallTracers tracers = this.tracers;
		if (tracers != null) {
			tracers.sent(payload);
		}
		if (this.unary) {
			replaceRequest(payload);
		}
		else {
			this.messages.add(payload.length());
			this.session.turn().execute(() -> write(payload));
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
		if (this.over) {
			// The call has ended since that was asked, and has found nothing to drop.
			this.session.turn().execute(this::dropRequest);
		}
	}

	private void dropRequest() {
		Payload request = this.request;
		if (request != null) {
			this.request = null;
			this.session.budget().remove(request.length());
		}
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
			Status status = Status.CANCELLED
				.withDescription((message != null || cause != null) ? message : "Call cancelled without message")
				.withCause(cause);
			this.session.turn().execute(() -> cancel(status));
		}
	}

	/**
	 * Ends the call even if the peer has answered: its end may wait behind messages that
	 * the application does not take any more.
	 */
	private void cancel(Status status) {
		if (!this.over) {
			fail(status);
		}
		else if (!events().isFinished()) {
			events().abandon(status);
		}
	}

	@Override
	public void cancelled(Context context) {
		failLater(Contexts.statusFromCancelled(context));
	}

	void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
	}

	@Override
	public boolean isReady() {
		return !this.over && (this.unary ? this.events != null : this.open && this.messages.isReady());
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

	/**
	 * Time is up.
	 * @param words how
	 */
	void deadlineExceeded(String words) {
		fail(late(words));
	}

	private Status late(String words) {
		return Status.DEADLINE_EXCEEDED.withDescription(words + " ["
				+ (this.sent ? "not answered by the peer" : (this.submitted ? "waiting to be sent" : "not complete"))
				+ "]");
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
		else if (pathLength() > CallHead.MAX_PATH_LENGTH) {
			finish(Status.INTERNAL.withDescription("the method's name is longer than " + CallHead.MAX_PATH_LENGTH),
					new Metadata(), true);
		}
		return !this.over;
	}

	/**
	 * Returns how long the method's path is, or may be if that is not much.
	 */
	private int pathLength() {
		String path = this.method.getFullMethodName();
		int most = path.length() * MAX_BYTES_PER_CHAR;
		return (most > CallHead.MAX_PATH_LENGTH) ? path.getBytes(StandardCharsets.UTF_8).length : most;
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
		headersSent();
		return true;
	}

	private void headersSent() {
		CallTracers tracers = this.tracers;
		if (tracers != null) {
			tracers.headersSent();
		}
	}

	/**
	 * The call was sent on a stream of its own.
	 * @param half where the answer comes
	 */
	void sentOn(AnswerHalf half) {
		this.sent = true;
		answersOn(half);
		headersSent();
		this.open = true;
		events().ready();
	}

	/**
	 * The answer comes on another stream than the call's.
	 * @param half where
	 */
	void answersOn(AnswerHalf half) {
		this.source = half;
	}

	private void write(Payload payload) {
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
		if (this.messages.written(count)) {
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
			answered(statusOf(head), trailersOf(head));
			events().end();
			return;
		}
		try {
			Metadata headers = head.headers();
			this.initialMetadata = (headers != null) ? headers : this.initialMetadata;
			traceHeaders();
			R message = this.session.encodings()
				.read(this.method.getResponseMarshaller(), body.array(), body.position(), body.remaining(),
						head.encoding(), this.maxMessage, this.tracers);
			answered(Status.OK, trailersOf(head));
			events().addAll(message);
		}
		catch (WireException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			finish(unreadable(ex), new Metadata(), true);
		}
	}

	private void traceHeaders() {
		CallTracers tracers = this.tracers;
		if (tracers != null) {
			tracers.headersReceived(this.initialMetadata);
		}
	}

	/**
	 * Ends the call as the peer says.
	 */
	private void answered(Status status, Metadata trailers) {
		CallTracers tracers = this.tracers;
		if (tracers != null && !this.over) {
			tracers.trailersReceived(trailers);
		}
		close(status, trailers);
	}

	static Status unreadable(Throwable failure) {
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

	/**
	 * Returns how the call ends. The callee's timer may be the first to act on a deadline
	 * that is over at both ends; what is said then does not depend on that.
	 */
	private Status statusOf(AnswerHead head) {
		Status status = head.isNotRun() ? NotRun.mark(head.status()) : head.status();
		boolean ended = status.getCode() == Status.Code.DEADLINE_EXCEEDED || status.getCode() == Status.Code.CANCELLED;
		CallDeadline deadline = this.deadline;
		return (ended && deadline != null && deadline.isOver()) ? late(deadline.words()) : status;
	}

	private static Metadata trailersOf(AnswerHead head) {
		Metadata trailers = head.trailers();
		return (trailers != null) ? trailers : new Metadata();
	}

	void headersArrived(Metadata headers) {
		if (!this.initialMetadataArrived && !this.over) {
			this.initialMetadataArrived = true;
			this.initialMetadata = headers;
			traceHeaders();
			events().start();
		}
	}

	void messageArrived(Message message) {
		headersArrived(new Metadata());
		if (!this.session.untaken().tryAdd(message.cost())) {
			fail(this.session.untaken().refusal());
			return;
		}
		if (!events().add(message)) {
			this.session.untaken().remove(message.cost());
		}
		events().wake();
	}

	/**
	 * The ANSWER has arrived, behind all else.
	 * @param head its fields
	 */
	void answered(AnswerHead head) {
		this.session.outbound().forget(this);
		headersBeside(head);
		if (!this.over) {
			answered(statusOf(head), trailersOf(head));
			events().end();
		}
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
		if (this.deadline != null) {
			this.deadline.cancel();
		}
		dropRequest();
		if (this.ownStream != null) {
			this.ownStream.drop();
		}
	}

	private void grant(long bytes) {
		if (this.ownStream != null) {
			this.ownStream.grant(bytes);
		}
	}

	/**
	 * The caller is about to hear of the end, after all messages.
	 * @param status what it is told
	 */
	void traceEnd(Status status) {
		CallTracers tracers = this.tracers;
		if (tracers != null) {
			tracers.closed(status);
		}
	}

	// What the delivery of the answer wants to know

	Context context() {
		return this.context;
	}

	Metadata initialMetadata() {
		return this.initialMetadata;
	}

	Status status() {
		return this.status;
	}

	Metadata trailers() {
		return this.trailers;
	}

	R read(Message message) {
		return message.read(this.method.getResponseMarshaller(), this.maxMessage, this.session.encodings(),
				this.tracers);
	}

	/**
	 * The application has taken a message. Told by the delivery, one at a time.
	 * @param cost what it cost
	 */
	void taken(long cost) {
		this.session.untaken().remove(cost);
		this.takenBytes += cost;
		if (this.takenBytes * 2 >= this.session.settings().callWindow()) {
			long bytes = this.takenBytes;
			this.takenBytes = 0;
			this.session.turn().execute(() -> grant(bytes));
		}
	}

	/**
	 * Messages will never be taken.
	 * @param cost what they cost
	 */
	void dropped(long cost) {
		this.session.untaken().remove(cost);
	}

}
