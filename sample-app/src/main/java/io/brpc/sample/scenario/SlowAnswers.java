package io.brpc.sample.scenario;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.springframework.context.annotation.Profile;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/**
 * Lets a client with the profile {@code slow} take its time for every answer. Immutable.
 */
@Component
@GlobalServerInterceptor
@Profile("slow")
class SlowAnswers implements ServerInterceptor {

	private static final Duration TIME = Duration.ofSeconds(2);

	@Override
	public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
		System.out.println(call.getMethodDescriptor().getFullMethodName() + " is asked, and waits for " + TIME);
		LockSupport.parkNanos(TIME.toNanos());
		return next.startCall(call, headers);
	}

}
