package io.brpc.testing;

import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * Does what the text of the first request says: answers, fails, or never ends. For
 * {@link ModelCall}s. Safe for use by any thread.
 */
public final class UnsteadyService extends ExerciseGrpc.ExerciseImplBase {

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger ended = new AtomicInteger();

	/**
	 * Tells whether every handler that began has heard of its call's end.
	 * @return whether it has
	 */
	public boolean allHaveEnded() {
		return this.handled.get() == this.ended.get();
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		answer(request, watched(responses));
	}

	@Override
	public void serverStream(Payload request, StreamObserver<Payload> responses) {
		ServerCallStreamObserver<Payload> call = watched(responses);
		for (int i = 1; i < request.getCount() && !call.isCancelled(); i++) {
			call.onNext(request);
		}
		answer(request, call);
	}

	@Override
	public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
		return new Requests(watched(responses), false);
	}

	@Override
	public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
		return new Requests(watched(responses), true);
	}

	private ServerCallStreamObserver<Payload> watched(StreamObserver<Payload> responses) {
		ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
		this.handled.incrementAndGet();
		call.setOnCancelHandler(this.ended::incrementAndGet);
		call.setOnCloseHandler(this.ended::incrementAndGet);
		return call;
	}

	private static void answer(Payload request, ServerCallStreamObserver<Payload> call) {
		if (call.isCancelled()) {
			return;
		}
		switch (request.getText()) {
			case "fail" -> call.onError(Status.ABORTED.asRuntimeException());
			case "silent" -> {
			}
			default -> {
				call.onNext(request);
				call.onCompleted();
			}
		}
	}

	/**
	 * Answers the last request, or each.
	 */
	private static final class Requests implements StreamObserver<Payload> {

		private final ServerCallStreamObserver<Payload> call;

		private final boolean each;

		private Payload last = Payload.getDefaultInstance();

		Requests(ServerCallStreamObserver<Payload> call, boolean each) {
			this.call = call;
			this.each = each;
		}

		@Override
		public void onNext(Payload request) {
			this.last = request;
			if (this.each && !this.call.isCancelled()) {
				this.call.onNext(request);
			}
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
			answer(this.last, this.call);
		}

	}

}
