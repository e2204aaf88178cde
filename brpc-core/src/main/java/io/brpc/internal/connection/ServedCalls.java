package io.brpc.internal.connection;

import java.util.concurrent.Executor;

import io.brpc.internal.brpc2.CallService;
import io.grpc.ServerMethodDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What an end serves by brpc/2, which is what its gRPC server serves by brpc/1. Safe for
 * use by any thread.
 */
final class ServedCalls implements CallService {

	private final ServedMethods methods;

	private final Executor handlers;

	private final Executor answers;

	ServedCalls(ServedMethods methods, Executor handlers, Executor answers) {
		this.methods = methods;
		this.handlers = handlers;
		this.answers = answers;
	}

	@Override
	public @Nullable ServerMethodDefinition<?, ?> lookup(String fullMethodName) {
		return this.methods.lookup(fullMethodName);
	}

	@Override
	public Executor executor() {
		return this.handlers;
	}

	@Override
	public Executor answerExecutor() {
		return this.answers;
	}

}
