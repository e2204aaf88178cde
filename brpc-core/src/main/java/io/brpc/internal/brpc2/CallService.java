package io.brpc.internal.brpc2;

import java.util.concurrent.Executor;

import io.grpc.Context;
import io.grpc.ServerMethodDefinition;
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

}
