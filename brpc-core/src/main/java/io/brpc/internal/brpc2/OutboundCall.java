package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.MetadataCodec;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.CallCredentials;
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
 * Event-loop confined, but for what {@link SessionCall}, the application's side of it,
 * and {@link AnswerDelivery} say and ask: they do one thing at a time each, on any
 * thread.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class OutboundCall<Q, R> implements Context.CancellationListener {

	private final CallSession session;

	private final MethodDescriptor<Q, R> method;

	private final Context context;

	private final SentMessages messages;

	private final AnswerDelivery<R> answer;

	private Encoded headers = Encoded.NONE;

	private byte @Nullable [] chain;

	private @Nullable CallDeadline deadline;

	private @Nullable CallTracers tracers;

	private boolean authorized;

	private boolean complete;

	private CallStage stage = CallStage.INCOMPLETE;

	private volatile boolean over;

	private long number = -1;

	private @Nullable OutboundRoute route;

	private @Nullable CallerStream ownStream;

	OutboundCall(CallSession session, MethodDescriptor<Q, R> method, CallOptions options, Context context,
			ClientCall.Listener<R> listener) {
		this.session = session;
		this.method = method;
		this.context = context;
		this.messages = new SentMessages(session);
		Integer ready = options.getOnReadyThreshold();
		if (ready != null) {
			this.messages.readyBelow(ready);
		}
		this.answer = new AnswerDelivery<>(this, options, listener);
		if (method.getType() != MethodType.UNARY) {
			this.ownStream = new CallerStream(this);
		}
	}

	CallSession session() {
		return this.session;
	}

	MethodDescriptor<Q, R> method() {
		return this.method;
	}

	Context context() {
		return this.context;
	}

	SentMessages messages() {
		return this.messages;
	}

	AnswerDelivery<R> answer() {
		return this.answer;
	}

	@Nullable CallTracers tracers() {
		return this.tracers;
	}

	Encoded headers() {
		return this.headers;
	}

	byte @Nullable [] chain() {
		return this.chain;
	}

	long number() {
		return this.number;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Returns the call's own stream.
	 * @return the stream, which may have yet to be opened; null if a lane is tried first
	 */
	@Nullable CallerStream ownStream() {
		return this.ownStream;
	}

	CallStage stage() {
		return this.stage;
	}

	@Nullable CallDeadline deadline() {
		return this.deadline;
	}

	/**
	 * Returns the time left.
	 * @return microseconds, or -1 for no limit
	 */
	long timeoutMicros() {
		CallDeadline deadline = this.deadline;
		return (deadline != null) ? deadline.remainingMicros() : -1;
	}

	// The way to the peer

	/**
	 * Begins the call; the application waits for that.
	 * @param headers its metadata
	 * @param options its options
	 */
	void start(Metadata headers, CallOptions options) {
		this.tracers = CallTracers.calling(options, this.session.owner().attributes(), headers);
		CallDeadline deadline = CallDeadline.earliest(this, options, this.context, this.session.turn().loop());
		if (deadline != null) {
			this.deadline = deadline;
			this.session.turn().execute(deadline);
		}
		this.context.addListener(this, Runnable::run);
		CallCredentials credentials = options.getCredentials();
		if (credentials != null) {
			new CallAuthorization(this, options, headers).apply(credentials);
		}
		else {
			encode(headers);
			if (this.ownStream != null) {
				this.session.turn().execute(this::submitIfComplete);
			}
		}
	}

	private void encode(Metadata headers) {
		this.headers = MetadataCodec.encode(headers);
		this.chain = this.session.owner().chainOf(this.context);
		this.authorized = true;
	}

	/**
	 * The call's credentials have added what they had to.
	 * @param headers its metadata
	 */
	void authorized(Metadata headers) {
		encode(headers);
		submitIfComplete();
	}

	/**
	 * The application sends nothing more.
	 */
	void halfClosed() {
		this.complete = true;
		if (this.ownStream != null) {
			this.ownStream.halfClose();
		}
		submitIfComplete();
	}

	private void submitIfComplete() {
		if (!this.over && this.stage == CallStage.INCOMPLETE && this.authorized
				&& (this.ownStream != null || this.complete)) {
			this.stage = CallStage.SUBMITTED;
			this.session.outbound().submit(this);
		}
	}

	/**
	 * Sends the call.
	 * @param number its number
	 * @param peer the peer's settings
	 */
	void launch(long number, Settings peer) {
		this.number = number;
		CallerStream stream = this.ownStream;
		if (stream == null) {
			Payload request = this.messages.kept();
			try {
				if (request != null && sendOnLane(request, peer)) {
					return;
				}
			}
			catch (RuntimeException ex) {
				fail(Status.fromThrowable(ex));
				return;
			}
			stream = new CallerStream(this);
			this.ownStream = stream;
			if (request != null) {
				this.messages.handOver();
				stream.send(request);
			}
			stream.halfClose();
		}
		this.route = stream;
		this.session.opener().open(QuicStreamType.BIDIRECTIONAL, stream);
	}

	private boolean sendOnLane(Payload request, Settings peer) {
		CallerLane lane = this.session.outbound().lanes().lane(peer);
		if (lane == null || !lane.send(this, request)) {
			return false;
		}
		this.messages.handOver();
		this.route = lane;
		sent(lane);
		return true;
	}

	/**
	 * The call was sent.
	 * @param half where the answer comes
	 */
	void sent(StreamHalf half) {
		this.answer.comesOn(half);
		this.stage = CallStage.SENT;
		CallTracers tracers = this.tracers;
		if (tracers != null) {
			tracers.headersSent();
		}
	}

	// The way back

	/**
	 * The ANSWER has arrived, and has the message.
	 * @param head its fields
	 * @param body at the message
	 */
	void answered(AnswerHead head, FrameCursor body) {
		this.session.outbound().forget(this);
		if (!this.over) {
			this.answer.arrivedWhole(head, body);
		}
	}

	/**
	 * The ANSWER has arrived, behind all else, and without a message.
	 * @param head its fields
	 */
	void answered(AnswerHead head) {
		this.session.outbound().forget(this);
		if (!this.over) {
			this.answer.ended(head);
		}
	}

	/**
	 * The application has taken what the peer sent.
	 * @param bytes how much more it may send
	 */
	void grant(long bytes) {
		if (this.ownStream != null) {
			this.ownStream.grant(bytes);
		}
	}

	// The end at this end

	@Override
	public void cancelled(Context context) {
		failLater(Contexts.statusFromCancelled(context));
	}

	/**
	 * Ends the call even if the peer has answered: its end may wait behind messages that
	 * the application does not take any more.
	 * @param status not OK
	 */
	void cancel(Status status) {
		if (!this.over) {
			fail(status);
		}
		else if (!this.answer.isFinished()) {
			this.answer.abandon(status);
		}
	}

	/**
	 * Ends the call from any thread.
	 * @param status not OK
	 */
	void failLater(Status status) {
		this.session.turn().execute(() -> fail(status));
	}

	/**
	 * Ends the call at this end, and tells the peer if it has heard of it.
	 * @param status not OK
	 */
	void fail(Status status) {
		if (this.over) {
			return;
		}
		finish(status);
		if (this.number < 0) {
			this.session.outbound().withdraw(this);
		}
		else if (this.stage == CallStage.SENT && this.route != null) {
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
		finish(status);
		if (this.ownStream != null) {
			this.ownStream.close();
		}
	}

	/**
	 * Ends the call at this end. Messages that wait are dropped.
	 * @param status not OK
	 */
	void finish(Status status) {
		if (!this.over) {
			close();
			this.answer.abort(status);
		}
	}

	/**
	 * The call is over at this end, however.
	 */
	void close() {
		this.over = true;
		this.context.removeListener(this);
		if (this.deadline != null) {
			this.deadline.cancel();
		}
		this.messages.dropKept();
		if (this.ownStream != null) {
			this.ownStream.drop();
		}
	}

}
