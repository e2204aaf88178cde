package io.brpc.benchmark.peer;

import java.util.function.Supplier;

import io.brpc.testing.Feed;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * What gRPC serves at either end. Immutable.
 */
final class EchoService extends ExerciseGrpc.ExerciseImplBase {

	private final Supplier<Caller> callers;

	/**
	 * Makes a service.
	 * @param callers asked in a handler for what calls the calling end back
	 */
	EchoService(Supplier<Caller> callers) {
		this.callers = callers;
	}

	/**
	 * Makes a service that calls nobody back.
	 */
	EchoService() {
		this(() -> {
			throw new IllegalStateException("nobody to call back");
		});
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		if (request.getCount() == 0) {
			answer(request, responses);
			return;
		}
		Payload question = Payload.newBuilder().setData(request.getData()).build();
		this.callers.get().call(question, (bytes, failure) -> {
			if (failure != null) {
				responses.onError(failure);
			}
			else {
				answer(question, responses);
			}
		});
	}

	private static void answer(Payload response, StreamObserver<Payload> responses) {
		responses.onNext(response);
		responses.onCompleted();
	}

	@Override
	public void serverStream(Payload request, StreamObserver<Payload> responses) {
		Payload message = Payload.newBuilder().setData(request.getData()).build();
		Feed.into((ServerCallStreamObserver<Payload>) responses, request.getCount(), (number) -> message);
	}

}
