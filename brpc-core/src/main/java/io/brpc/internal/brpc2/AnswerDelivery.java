package io.brpc.internal.brpc2;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the caller is told of its call. Guarded by itself, as {@link Delivery} says.
 *
 * @param <R> the response's type
 */
final class AnswerDelivery<R> extends Delivery {

	private static final Logger logger = LoggerFactory.getLogger(AnswerDelivery.class);

	private final OutboundCall<?, R> call;

	private final ClientCall.Listener<R> listener;

	/**
	 * What the listener has brought about, which counts more than what the peer says.
	 */
	private volatile @Nullable Status failure;

	AnswerDelivery(OutboundCall<?, R> call, Executor executor, ClientCall.Listener<R> listener) {
		super(executor);
		this.call = call;
		this.listener = listener;
	}

	/**
	 * Ends the call at once, whatever waits.
	 * @param status what with
	 */
	void abandon(Status status) {
		this.failure = status;
		abort();
	}

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
		this.listener.onHeaders(this.call.initialMetadata());
	}

	@Override
	void onReady() {
		this.listener.onReady();
	}

	@Override
	@SuppressWarnings("unchecked")
	void onMessage(Object message) {
		this.listener.onMessage((message instanceof Message bytes) ? this.call.read(bytes) : (R) message);
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
		abort();
	}

	@Override
	void onAbort() {
		Status failure = this.failure;
		this.call.traceEnd((failure != null) ? failure : this.call.status());
		if (failure != null) {
			this.listener.onClose(failure, new Metadata());
		}
		else {
			this.listener.onClose(this.call.status(), this.call.trailers());
		}
	}

	@Override
	void onFailure(Throwable failure) {
		if (isFinished()) {
			logger.warn("the listener of a call to {} threw when it was closed", this.call.method().getFullMethodName(),
					failure);
			return;
		}
		Status status = OutboundCall.unreadable(failure);
		this.failure = status;
		abort();
		this.call.failLater(status);
	}

	@Override
	void onRejected(RejectedExecutionException failure) {
		this.call.traceEnd(Status.CANCELLED);
		logger.debug("the executor of a call to {} takes nothing more", this.call.method().getFullMethodName(),
				failure);
		this.call
			.failLater(Status.CANCELLED.withDescription("the call's executor takes nothing more").withCause(failure));
	}

}
