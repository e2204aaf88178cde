package io.brpc.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;

/**
 * Serves all four kinds of call. What it answers starts with its name, so that the caller
 * sees who answered, and ends with the outcome of a callback that it makes before. The Go
 * peer has the same.
 * <p>
 * Immutable.
 */
final class ExerciseService extends ExerciseGrpc.ExerciseImplBase {

	private final String name;

	private final Supplier<String> suffix;

	private ExerciseService(String name, Supplier<String> suffix) {
		this.name = name;
		this.suffix = suffix;
	}

	/**
	 * Returns a service that answers by itself.
	 * @param name its name
	 * @return the service
	 */
	static ExerciseService named(String name) {
		return new ExerciseService(name, () -> "");
	}

	/**
	 * Returns a service that calls its caller back before it answers.
	 * @param name its name
	 * @param callback called in the context of each call; its outcome is in the answer
	 * @return the service
	 */
	static ExerciseService callingBack(String name, Supplier<String> callback) {
		return new ExerciseService(name, () -> "|" + callback.get());
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		responses.onNext(answer(request.getText(), request));
		responses.onCompleted();
	}

	@Override
	public void serverStream(Payload request, StreamObserver<Payload> responses) {
		for (int i = 0; i < request.getCount(); i++) {
			responses.onNext(answer(request.getText() + i, request));
		}
		responses.onCompleted();
	}

	@Override
	public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
		List<String> texts = new ArrayList<>();
		return new Requests(responses) {
			@Override
			public void onNext(Payload request) {
				texts.add(request.getText());
			}

			@Override
			public void onCompleted() {
				responses.onNext(answer(String.join("+", texts), Payload.getDefaultInstance()));
				responses.onCompleted();
			}
		};
	}

	@Override
	public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
		return new Requests(responses) {
			@Override
			public void onNext(Payload request) {
				responses.onNext(answer(request.getText(), request));
			}

			@Override
			public void onCompleted() {
				responses.onCompleted();
			}
		};
	}

	private Payload answer(String text, Payload request) {
		return Payload.newBuilder()
			.setText(this.name + ":" + text + this.suffix.get())
			.setData(request.getData())
			.build();
	}

	/**
	 * The requests of a streaming call, which a failure of the caller ends.
	 */
	private abstract static class Requests implements StreamObserver<Payload> {

		private final StreamObserver<Payload> responses;

		Requests(StreamObserver<Payload> responses) {
			this.responses = responses;
		}

		@Override
		public void onError(Throwable failure) {
			this.responses.onError(failure);
		}

	}

}
