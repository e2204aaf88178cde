package io.brpc.sample.fleet;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

import io.brpc.sample.proto.Answer;
import io.brpc.sample.proto.MemberGrpc;
import io.brpc.sample.proto.Question;
import io.grpc.stub.StreamObserver;

/**
 * Served by a client. Thinks for a while, then answers. Immutable.
 */
final class MemberService extends MemberGrpc.MemberImplBase {

	private final String name;

	private final Duration thinkingTime;

	/**
	 * Creates the service.
	 * @param name who answers
	 * @param thinkingTime how long it may take to find an answer
	 */
	MemberService(String name, Duration thinkingTime) {
		this.name = name;
		this.thinkingTime = thinkingTime;
	}

	@Override
	public void ask(Question question, StreamObserver<Answer> responses) {
		LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(this.thinkingTime.toNanos() + 1));
		String text = this.name + " heard \"" + question.getText() + "\"";
		responses.onNext(Answer.newBuilder().setText(text).build());
		responses.onCompleted();
	}

}
