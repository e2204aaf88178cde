package io.brpc;

import java.util.concurrent.TimeUnit;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseFutureStub;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.grpc.Channel;

/**
 * The calling end of a client and server that are connected.
 *
 * @param channel what calls go into
 * @param caller the calling end of the connection
 * @param handler the handling end
 */
record Link(Channel channel, BrpcConnection caller, BrpcConnection handler) {

	private static final long DEADLINE_SECONDS = 60;

	ExerciseBlockingStub blocking() {
		return ExerciseGrpc.newBlockingStub(this.channel);
	}

	ExerciseStub async() {
		return ExerciseGrpc.newStub(this.channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
	}

	ExerciseFutureStub future() {
		return ExerciseGrpc.newFutureStub(this.channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
	}

}
