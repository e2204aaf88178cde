package io.brpc.testing;

import java.util.concurrent.Executor;

import io.brpc.ClientStub;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Answers a unary call with its request, some time later; at the server the call
 * {@link #NESTED} only after it has passed it on to the calling client.
 * <p>
 * Immutable.
 */
final class DelayedService extends ExerciseGrpc.ExerciseImplBase {

	/**
	 * The request that is passed on.
	 */
	static final Payload NESTED = Payloads.text("nested");

	private final Executor later;

	private final @Nullable ClientStub<ExerciseStub> callers;

	/**
	 * Makes a client's service.
	 * @param later runs what it is given some time later
	 */
	DelayedService(Executor later) {
		this(later, null);
	}

	/**
	 * Makes a service.
	 * @param later runs what it is given some time later
	 * @param callers the clients that call; null at a client
	 */
	DelayedService(Executor later, @Nullable ClientStub<ExerciseStub> callers) {
		this.later = later;
		this.callers = callers;
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		this.later.execute(() -> {
			if (this.callers != null && request.equals(NESTED)) {
				this.callers.get().unary(request, responses);
			}
			else {
				responses.onNext(request);
				responses.onCompleted();
			}
		});
	}

}
