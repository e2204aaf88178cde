package io.brpc.testing;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/**
 * The four kinds of call, each as a question with one answer.
 */
public enum CallKind {

	/**
	 * One request, one response.
	 */
	UNARY {
		@Override
		public Payload ask(Channel channel, Payload question) {
			return ExerciseGrpc.newBlockingStub(channel).unary(question);
		}
	},

	/**
	 * One request, a stream of one response.
	 */
	SERVER_STREAM {
		@Override
		public Payload ask(Channel channel, Payload question) {
			return ExerciseGrpc.newBlockingStub(channel).serverStream(question.toBuilder().setCount(1).build()).next();
		}
	},

	/**
	 * A stream of one request, one response.
	 */
	CLIENT_STREAM {
		@Override
		public Payload ask(Channel channel, Payload question) {
			Recorder answer = Recorder.reading();
			return send(ExerciseGrpc.newStub(channel).clientStream(answer), question, answer);
		}
	},

	/**
	 * Streams of one request and one response.
	 */
	BIDI_STREAM {
		@Override
		public Payload ask(Channel channel, Payload question) {
			Recorder answer = Recorder.reading();
			return send(ExerciseGrpc.newStub(channel).bidiStream(answer), question, answer);
		}
	};

	/**
	 * Makes a call, and waits for its end.
	 * @param channel what to call through
	 * @param question the one request
	 * @return the one response
	 * @throws io.grpc.StatusRuntimeException if the call failed
	 */
	public abstract Payload ask(Channel channel, Payload question);

	private static Payload send(StreamObserver<Payload> requests, Payload question, Recorder answer) {
		requests.onNext(question);
		requests.onCompleted();
		Status status = answer.awaitEnd();
		if (!status.isOk()) {
			throw status.asRuntimeException();
		}
		return answer.messages().get(0);
	}

}
