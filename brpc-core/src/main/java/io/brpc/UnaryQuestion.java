package io.brpc;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;

/**
 * A unary method and its requests. The calls have what the stubs are made with: channel
 * (and so interceptors) and options. Immutable.
 *
 * @param <C> the stub's type
 * @param <Q> the request's type
 * @param <A> the response's type
 * @param stubs makes stubs
 * @param method the method
 * @param request makes the request to a client
 */
record UnaryQuestion<C, Q, A>(Function<Channel, C> stubs, MethodDescriptor<Q, A> method,
		Function<? super BrpcConnection, ? extends Q> request) implements Question<A> {

	@Override
	public Runnable ask(BrpcConnection connection, Deadline deadline, @Nullable Executor executor,
			Consumer<ClientAnswer<A>> answered) {
		UnaryAnswer<A> answer = new UnaryAnswer<>(connection, answered);
		try {
			Q message = this.request.apply(connection);
			ClientCall<Q, A> call = newCall(connection, deadline, executor);
			answer.start(call);
			send(call, message, answer);
			return () -> call.cancel("the fan-out was cancelled, or has enough answers", null);
		}
		catch (RuntimeException | Error ex) {
			answer.give(Status.fromThrowable(ex));
			return () -> {
			};
		}
	}

	private ClientCall<Q, A> newCall(BrpcConnection connection, Deadline deadline, @Nullable Executor executor) {
		Channel channel = connection.channel();
		C stub = this.stubs.apply(channel);
		CallOptions options = CallOptions.DEFAULT;
		if (stub instanceof AbstractStub<?> generated) {
			channel = generated.getChannel();
			options = generated.getCallOptions();
		}
		else if (stub instanceof Channel other) {
			channel = other;
		}
		Deadline own = options.getDeadline();
		options = options.withDeadline((own != null) ? own.minimum(deadline) : deadline);
		return channel.newCall(this.method, (executor != null) ? options.withExecutor(executor) : options);
	}

	/**
	 * Sends the request. If that fails the answer comes with the end of the call, which
	 * until then holds one of the client's places.
	 */
	private static <Q, A> void send(ClientCall<Q, A> call, Q message, UnaryAnswer<A> answer) {
		try {
			call.sendMessage(message);
			call.halfClose();
		}
		catch (RuntimeException | Error ex) {
			answer.endWith(Status.fromThrowable(ex));
			call.cancel("the request can't be sent", ex);
		}
	}

}
