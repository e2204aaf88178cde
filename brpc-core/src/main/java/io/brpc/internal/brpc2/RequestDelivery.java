package io.brpc.internal.brpc2;

import java.io.Serial;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.Context;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the handler is told of its call. Guarded by itself, as {@link Delivery} says.
 *
 * @param <Q> the request's type
 */
final class RequestDelivery<Q> extends Delivery {

	private static final Logger logger = LoggerFactory.getLogger(RequestDelivery.class);

	private final InboundCall<Q, ?> call;

	private ServerCall.@Nullable Listener<Q> listener;

	RequestDelivery(InboundCall<Q, ?> call, Executor executor) {
		super(executor);
		this.call = call;
	}

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
		if (this.listener != null) {
			this.listener.onMessage((message instanceof Message bytes) ? read(bytes) : (Q) message);
		}
	}

	private Q read(Message message) throws UnreadableException {
		try {
			return this.call.read(message);
		}
		catch (RuntimeException ex) {
			throw new UnreadableException(ex);
		}
	}

	@Override
	void onTaken(long cost) {
		this.call.taken(cost);
	}

	@Override
	void onDropped(long cost) {
		this.call.dropped(cost);
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
		if (this.call.endedBy(failure)) {
			return;
		}
		logger.error("the handler of {} threw", this.call.getMethodDescriptor().getFullMethodName(), failure);
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
			this.status = InboundCall.unreadable(cause);
		}

		Status status() {
			return this.status;
		}

	}

}
