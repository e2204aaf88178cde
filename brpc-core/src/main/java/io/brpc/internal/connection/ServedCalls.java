package io.brpc.internal.connection;

import java.util.List;
import java.util.concurrent.Executor;

import io.brpc.internal.brpc2.CallService;
import io.brpc.internal.brpc2.Encodings;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What an end serves by brpc/2, which is what its gRPC server serves by brpc/1. Safe for
 * use by any thread.
 *
 * @param methods what is served
 * @param executor runs handlers
 * @param executorSupplier chooses the executors of single calls
 * @param answerExecutor runs the listeners of this end's calls
 * @param encodings of messages
 * @param tracers of served calls
 * @param maxRequest the largest request, bytes
 * @param maxAnswer the largest message of an answer, bytes
 */
record ServedCalls(ServedMethods methods, Executor executor, @Nullable ServerCallExecutorSupplier executorSupplier,
		Executor answerExecutor, Encodings encodings, List<ServerStreamTracer.Factory> tracers, int maxRequest,
		int maxAnswer) implements CallService {

	@Override
	public @Nullable ServerMethodDefinition<?, ?> lookup(String fullMethodName) {
		return this.methods.lookup(fullMethodName);
	}

	@Override
	public @Nullable Status statusOf(Throwable failure) {
		return NoClientInterceptor.statusOf(failure);
	}

	@Override
	public int maxRequest(int advertised) {
		return this.maxRequest;
	}

	@Override
	public int maxAnswer(int advertised) {
		return this.maxAnswer;
	}

}
