package io.brpc.internal.brpc2;

import java.util.concurrent.CompletableFuture;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * Tells what happens to its calls, answers none, and reads no stream. Safe for use by any
 * thread.
 */
final class SilentService extends ExerciseGrpc.ExerciseImplBase {

	private final CompletableFuture<Context> handling = new CompletableFuture<>();

	private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

	/**
	 * Returns when the first call is handled.
	 * @return completes with its context
	 */
	CompletableFuture<Context> handling() {
		return this.handling;
	}

	/**
	 * Returns when a call is cancelled.
	 * @return completes then
	 */
	CompletableFuture<Void> cancelled() {
		return this.cancelled;
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		watch(responses);
	}

	@Override
	public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
		((ServerCallStreamObserver<Payload>) responses).disableAutoRequest();
		watch(responses);
		return new Answers();
	}

	private void watch(StreamObserver<Payload> responses) {
		((ServerCallStreamObserver<Payload>) responses).setOnCancelHandler(() -> this.cancelled.complete(null));
		this.handling.complete(Context.current());
	}

}
