package io.brpc.internal.brpc2;

import java.util.List;
import java.util.concurrent.Executor;

import io.grpc.Context;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What an end serves, and where it runs the application's code. Safe for use by any
 * thread.
 */
public interface CallService {

	/**
	 * Finds a method. Asked on the event loop, when a peer calls a method for the first
	 * time on a lane, or on a stream of its own.
	 * @param fullMethodName such as {@code package.Service/Method}
	 * @return the method, its interceptors applied, or null if it is not served
	 */
	@Nullable ServerMethodDefinition<?, ?> lookup(String fullMethodName);

	/**
	 * Returns what runs handlers. Calls run side by side, the callbacks of one call one
	 * after the other.
	 * @return an executor, which may be direct and then runs handlers on the event loop
	 */
	Executor executor();

	/**
	 * Returns what chooses the executors of single calls. It is the application's, and
	 * asked on {@link #executor()}.
	 * @return null if nobody does; it may choose null, too
	 */
	default @Nullable ServerCallExecutorSupplier executorSupplier() {
		return null;
	}

	/**
	 * Returns what runs the listeners of calls to the peer, unless their
	 * {@link io.grpc.CallOptions} name an executor.
	 * @return an executor, which may be direct
	 */
	Executor answerExecutor();

	/**
	 * Returns what the contexts of served calls derive from.
	 * @return a context that is never cancelled
	 */
	default Context context() {
		return Context.ROOT;
	}

	/**
	 * Tells what ends the call of a handler that has thrown.
	 * @param failure what it has thrown
	 * @return the status, or null for that of an application's error
	 */
	default @Nullable Status statusOf(Throwable failure) {
		return null;
	}

	/**
	 * Returns how messages are compressed, and read.
	 * @return the same encodings for the whole of a session, which asks once
	 */
	default Encodings encodings() {
		return Encodings.defaults();
	}

	/**
	 * Returns who is told what becomes of calls that are served.
	 * @return makes a tracer for each call
	 */
	default List<ServerStreamTracer.Factory> tracers() {
		return List.of();
	}

	/**
	 * Returns the largest request that is taken.
	 * @param advertised what the peer is told of messages, whichever way they go
	 * @return bytes, after decompression; no more than that
	 */
	default int maxRequest(int advertised) {
		return advertised;
	}

	/**
	 * Returns the largest message of an answer that is taken, unless the
	 * {@link io.grpc.CallOptions} of the call say it.
	 * @param advertised what the peer is told of messages, whichever way they go
	 * @return bytes, after decompression; no more than that
	 */
	default int maxAnswer(int advertised) {
		return advertised;
	}

}
