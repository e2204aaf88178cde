package io.brpc.internal.brpc2;

import java.io.Serial;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.brpc.internal.brpc2.frame.FrameCursor;
import io.grpc.Context;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request of a call of the peer: what has arrived of it, and what the handler is
 * told.
 * <p>
 * What arrives is event-loop confined; what is told is guarded as {@link Delivery} says.
 *
 * @param <Q> the request's type
 */
final class RequestDelivery<Q> extends Delivery {

	private static final Logger logger = LoggerFactory.getLogger(RequestDelivery.class);

	private final InboundCall<Q, ?> call;

	private @Nullable ReceivedMessages<Q> messages;

	private ServerCall.@Nullable Listener<Q> listener;

	RequestDelivery(InboundCall<Q, ?> call, Executor executor) {
		super(executor);
		this.call = call;
	}

	// What arrives

	/**
	 * The whole request has arrived with the call.
	 * @param body at the message
	 * @param encoding its compression, or -1
	 */
	void arrivedWhole(FrameCursor body, int encoding) {
		traceStart();
		CallSession session = this.call.session();
		try {
			addAll(session.encodings()
				.read(marshaller(), body.array(), body.position(), body.remaining(), encoding, session.maxRequest(),
						this.call.tracers()));
		}
		catch (RuntimeException ex) {
			this.call.fail(unreadable(ex));
		}
	}

	private Marshaller<Q> marshaller() {
		return this.call.handle().getMethodDescriptor().getRequestMarshaller();
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
		traceStart();
		start();
		ready();
	}

	private void traceStart() {
		CallTracers tracers = this.call.tracers();
		if (tracers != null) {
			tracers.started(this.call.handle());
		}
	}

	void messageArrived(Message message) {
		if (this.call.isAnswered()) {
			return;
		}
		ReceivedMessages<Q> messages = this.messages;
		if (messages == null) {
			CallSession session = this.call.session();
			messages = new ReceivedMessages<>(session, marshaller(), session.maxRequest(), this.call.tracers(),
					this.call::grant);
			this.messages = messages;
		}
		Status refusal = messages.arrived(message, this);
		if (refusal != null) {
			this.call.fail(refusal);
		}
	}

	// What is told

	@Override
	Context context() {
		return this.call.context();
	}

	@Override
	boolean readyBeforeStart() {
		return false;
	}

	@Override
	void onStart() {
		this.listener = this.call.startHandler();
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
		if (this.listener == null) {
			return;
		}
		ReceivedMessages<Q> messages = this.messages;
		this.listener
			.onMessage((message instanceof Message bytes && messages != null) ? read(messages, bytes) : (Q) message);
	}

	private static <Q> Q read(ReceivedMessages<Q> messages, Message message) throws UnreadableException {
		try {
			return messages.read(message);
		}
		catch (RuntimeException ex) {
			throw new UnreadableException(ex);
		}
	}

	@Override
	void onTaken(long cost) {
		ReceivedMessages<Q> messages = this.messages;
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
			if (this.call.isCancelled()) {
				this.listener.onCancel();
			}
			else {
				this.listener.onComplete();
			}
		}
		finally {
			this.call.noticed();
		}
	}

	@Override
	void onFailure(Throwable failure) {
		if (failure instanceof UnreadableException unreadable) {
			this.call.failLater(unreadable.status());
			return;
		}
		if (this.call.handle().endedBy(failure)) {
			return;
		}
		logger.error("the handler of {} threw", this.call.handle().getMethodDescriptor().getFullMethodName(), failure);
		this.call.failLater(Status.UNKNOWN.withDescription("Application error processing RPC").withCause(failure));
	}

	@Override
	void onRejected(RejectedExecutionException failure) {
		this.call.rejectedLater(failure);
		this.call.noticed();
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
