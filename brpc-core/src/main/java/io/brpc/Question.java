package io.brpc;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FanOut} asks each client. Immutable.
 *
 * @param <A> the response's type
 */
interface Question<A> {

	/**
	 * Calls a client in the current {@link io.grpc.Context}. Throws nothing.
	 * @param connection the client
	 * @param deadline of the call
	 * @param executor runs the call's listener; null for the channel's own
	 * @param answered told exactly once, on the executor or, if the call fails at once,
	 * before this method returns
	 * @return what cancels the call; its answer then still comes
	 */
	Runnable ask(BrpcConnection connection, Deadline deadline, @Nullable Executor executor,
			Consumer<ClientAnswer<A>> answered);

}
