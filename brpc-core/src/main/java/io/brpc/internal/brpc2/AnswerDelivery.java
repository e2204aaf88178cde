package io.brpc.internal.brpc2;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a call: what has arrived of it, and what the caller is told.
 * <p>
 * What arrives is event-loop confined; what is told is guarded as {@link Delivery} says.
 *
 * @param <R> the response's type
 */
final class AnswerDelivery<R> extends Delivery {

	private static final Logger logger = LoggerFactory.getLogger(AnswerDelivery.class);

	private final OutboundCall<?, R> call;

	private final ClientCall.Listener<R> listener;

	private final int maxMessage;

	private @Nullable StreamHalf source;

	private @Nullable Metadata headers;

	private @Nullable ReceivedMessages<R> messages;

	private Status status = Status.OK;

	private @Nullable Metadata trailers;

	/**
	 * What the listener has brought about, which counts more than what the peer says.
	 */
	private volatile @Nullable Status failure;

	AnswerDelivery(OutboundCall<?, R> call, CallOptions options, ClientCall.Listener<R> listener) {
		super(executor(call.session(), options));
		this.call = call;
		this.listener = listener;
		Integer max = options.getMaxInboundMessageSize();
		this.maxMessage = (max != null) ? max : call.session().maxAnswer();
	}

	/**
	 * Returns what runs the application's code for a call.
	 * @param session the session of the call
	 * @param options may name it
	 * @return an executor
	 */
	static Executor executor(CallSession session, CallOptions options) {
		Executor own = options.getExecutor();
		return (own != null) ? own : session.service().answerExecutor();
	}

	/**
	 * Returns the largest message that is taken.
	 * @return bytes, decompressed
	 */
	int maxMessage() {
		return this.maxMessage;
	}

	// What arrives

	/**
	 * Returns who may bring the answer.
	 * @return the half of a stream, or null as long as the call was not sent
	 */
	@Nullable StreamHalf source() {
		return this.source;
	}

	/**
	 * The call was sent, or the answer comes on another stream than the call's.
	 * @param half where it comes
	 */
	void comesOn(StreamHalf half) {
		this.source = half;
	}

	/**
	 * All has arrived, and the call has ended well.
	 * @param head the fields of the ANSWER
	 * @param body at the message
	 */
	void arrivedWhole(AnswerHead head, FrameCursor body) {
		try {
			keepHeaders(orNone(head.headers()));
			R message = this.call.session()
				.encodings()
				.read(this.call.method().getResponseMarshaller(), body.array(), body.position(), body.remaining(),
						head.encoding(), this.maxMessage, this.call.tracers());
			close(Status.OK, orNone(head.trailers()));
			addAll(message);
		}
		catch (WireException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.call.finish(unreadable(ex));
		}
	}

	private static Metadata orNone(@Nullable Metadata metadata) {
		return (metadata != null) ? metadata : new Metadata();
	}

	private static Status unreadable(Throwable failure) {
		Status status = Status.fromThrowable(failure);
		return (status.getCode() != Status.Code.UNKNOWN) ? status
				: Status.CANCELLED.withDescription("Failed to read message.").withCause(failure);
	}

	/**
	 * The initial metadata have arrived.
	 * @param headers the metadata
	 */
	void headersArrived(Metadata headers) {
		if (this.headers == null && !this.call.isOver()) {
			keepHeaders(headers);
			start();
		}
	}

	private void keepHeaders(Metadata headers) {
		this.headers = headers;
		CallTracers tracers = this.call.tracers();
		if (tracers != null) {
			tracers.headersReceived(headers);
		}
	}

	void messageArrived(Message message) {
		if (this.headers == null) {
			headersArrived(new Metadata());
		}
		ReceivedMessages<R> messages = this.messages;
		if (messages == null) {
			messages = new ReceivedMessages<>(this.call.session(), this.call.method().getResponseMarshaller(),
					this.maxMessage, this.call.tracers(), this.call::grant);
			this.messages = messages;
		}
		Status refusal = messages.arrived(message, this);
		if (refusal != null) {
			this.call.fail(refusal);
		}
	}

	/**
	 * The peer has ended the call, behind all else.
	 * @param head the fields of the ANSWER
	 */
	void ended(AnswerHead head) {
		Metadata headers = head.headers();
		if (headers != null) {
			headersArrived(headers);
		}
		if (!this.call.isOver()) {
			Status status = head.isNotRun() ? NotRun.mark(head.status()) : head.status();
			CallDeadline deadline = this.call.deadline();
			close((deadline != null) ? deadline.statusOf(status) : status, orNone(head.trailers()));
			end();
		}
	}

	/**
	 * Ends the call as the peer says.
	 */
	private void close(Status status, Metadata trailers) {
		CallTracers tracers = this.call.tracers();
		if (tracers != null) {
			tracers.trailersReceived(trailers);
		}
		this.status = status;
		this.trailers = trailers;
		this.call.close();
	}

	/**
	 * Ends the call as this end says. What waits is dropped.
	 * @param status not OK
	 */
	void abort(Status status) {
		this.status = status;
		abort();
	}

	/**
	 * Ends the call at once, whatever the peer has said, and whatever waits.
	 * @param status what with
	 */
	void abandon(Status status) {
		this.failure = status;
		abort();
	}

	// What is told

	@Override
	Context context() {
		return this.call.context();
	}

	@Override
	boolean readyBeforeStart() {
		return true;
	}

	@Override
	void onStart() {
		this.listener.onHeaders(orNone(this.headers));
	}

	@Override
	void onReady() {
		this.listener.onReady();
	}

	@Override
	@SuppressWarnings("unchecked")
	void onMessage(Object message) {
		ReceivedMessages<R> messages = this.messages;
		this.listener
			.onMessage((message instanceof Message bytes && messages != null) ? messages.read(bytes) : (R) message);
	}

	@Override
	void onTaken(long cost) {
		ReceivedMessages<R> messages = this.messages;
		if (messages != null) {
			messages.taken(cost);
		}
	}

	@Override
	void onDropped(long cost) {
		this.call.session().untaken().remove(cost);
	}

	@Override
	void onEnd() {
		abort();
	}

	@Override
	void onAbort() {
		Status failure = this.failure;
		if (failure != null) {
			traceEnd(failure);
			this.listener.onClose(failure, new Metadata());
		}
		else {
			traceEnd(this.status);
			this.listener.onClose(this.status, orNone(this.trailers));
		}
	}

	private void traceEnd(Status status) {
		CallTracers tracers = this.call.tracers();
		if (tracers != null) {
			tracers.closed(status);
		}
	}

	@Override
	void onFailure(Throwable failure) {
		if (isFinished()) {
			logger.warn("the listener of a call to {} threw when it was closed", this.call.method().getFullMethodName(),
					failure);
			return;
		}
		Status status = unreadable(failure);
		this.failure = status;
		abort();
		this.call.failLater(status);
	}

	@Override
	void onRejected(RejectedExecutionException failure) {
		traceEnd(Status.CANCELLED);
		logger.debug("the executor of a call to {} takes nothing more", this.call.method().getFullMethodName(),
				failure);
		this.call
			.failLater(Status.CANCELLED.withDescription("the call's executor takes nothing more").withCause(failure));
	}

}
