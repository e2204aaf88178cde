package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/**
 * Remembers what comes of a call. Safe for use by any thread.
 */
final class Answers implements StreamObserver<Payload> {

	private final List<Payload> messages = new ArrayList<>();

	private final CompletableFuture<Status> status = new CompletableFuture<>();

	@Override
	public synchronized void onNext(Payload message) {
		this.messages.add(message);
	}

	@Override
	public void onError(Throwable failure) {
		this.status.complete(Status.fromThrowable(failure));
	}

	@Override
	public void onCompleted() {
		this.status.complete(Status.OK);
	}

	synchronized List<Payload> messages() {
		return List.copyOf(this.messages);
	}

	Status await() throws Exception {
		return this.status.get(30, TimeUnit.SECONDS);
	}

}
