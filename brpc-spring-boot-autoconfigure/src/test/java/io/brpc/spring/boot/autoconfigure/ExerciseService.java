package io.brpc.spring.boot.autoconfigure;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;

/**
 * Echoes, and throws what advice is for when it is told to.
 */
class ExerciseService extends ExerciseGrpc.ExerciseImplBase {

	static final String THROW = "throw";

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		if (request.getText().equals(THROW)) {
			throw new UnsupportedOperationException("told to");
		}
		responses.onNext(request);
		responses.onCompleted();
	}

}
