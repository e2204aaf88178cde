package io.brpc.benchmark.peer;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;

/**
 * Calls by way of a gRPC channel, with generated stubs. Immutable.
 */
final class StubCaller implements Caller {

	private final ExerciseGrpc.ExerciseStub stub;

	StubCaller(Channel channel) {
		this.stub = ExerciseGrpc.newStub(channel);
	}

	@Override
	public void call(Payload request, Answer answer) {
		this.stub.unary(request, new AnswerObserver(answer));
	}

	@Override
	public void stream(Payload request, Answer answer) {
		this.stub.serverStream(request, new AnswerObserver(answer));
	}

	private static final class AnswerObserver implements StreamObserver<Payload> {

		private final Answer answer;

		private long bytes;

		AnswerObserver(Answer answer) {
			this.answer = answer;
		}

		@Override
		public void onNext(Payload message) {
			this.bytes += message.getData().size();
		}

		@Override
		public void onError(Throwable failure) {
			this.answer.ended(this.bytes, failure);
		}

		@Override
		public void onCompleted() {
			this.answer.ended(this.bytes, null);
		}

	}

}
