package io.brpc;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * A unary call to many clients, and how each of them answers. <pre>{@code
 * namer.fanOut()
 *     .group("eu")
 *     .deadline(Duration.ofSeconds(5))
 *     .call(NamerGrpc.getNameMethod(), request)
 *     .forEach((answer) -> log.info("{}: {}", answer.connection().id(), answer.status()));
 * }</pre> It takes a method of generated code rather than a lambda on a stub, because a
 * blocking stub would need a thread for every call; like this, all stub types will do,
 * and no call needs a thread. The settings of the stub (credentials, interceptors,
 * compression) hold for every call.
 * <p>
 * Unless told otherwise, a fan-out calls all clients that are ready when it begins, up to
 * 64 at a time, and ends after 30 seconds. The limit on callbacks in flight per client
 * holds beside: a client that has too many answers {@code RESOURCE_EXHAUSTED}.
 * <p>
 * Immutable: every method returns a new fan-out, and one may be kept and used again.
 *
 * @param <C> the stub's type
 */
public final class FanOut<C> {

	private final ConnectionRegistry connections;

	private final Function<Channel, C> stubs;

	private final FanOutOptions options;

	FanOut(ConnectionRegistry connections, Function<Channel, C> stubs) {
		this(connections, stubs, FanOutOptions.callingAll(connections));
	}

	private FanOut(ConnectionRegistry connections, Function<Channel, C> stubs, FanOutOptions options) {
		this.connections = connections;
		this.stubs = stubs;
		this.options = options;
	}

	/**
	 * Calls these clients only, in this order. The last of {@code to}, {@code group} and
	 * {@code principal} counts.
	 * @param clients their connections; nobody is called if there are none
	 * @return a fan-out to them
	 */
	public FanOut<C> to(Collection<? extends BrpcConnection> clients) {
		List<BrpcConnection> copy = List.copyOf(clients);
		return with(this.options.withTargets(() -> copy));
	}

	/**
	 * Calls the clients of a group only.
	 * @param group the group's name; nobody is called if nobody is in it when the fan-out
	 * begins
	 * @return a fan-out to them
	 * @see BrpcConnection#joinGroup(String)
	 */
	public FanOut<C> group(String group) {
		Objects.requireNonNull(group, "group");
		return with(this.options.withTargets(() -> this.connections.inGroup(group)));
	}

	/**
	 * Calls the clients of a principal only, of which there may be several.
	 * @param name the name of {@link BrpcConnection#principal()}; nobody is called if
	 * nobody has it when the fan-out begins
	 * @return a fan-out to them
	 */
	public FanOut<C> principal(String name) {
		Objects.requireNonNull(name, "name");
		return with(this.options.withTargets(() -> this.connections.withPrincipal(name)));
	}

	/**
	 * Limits the time of all calls together. A call in whose handler the fan-out is made
	 * may end it earlier.
	 * @param deadline counted from when it begins; more than zero, 30 seconds without
	 * @return a fan-out with that deadline
	 */
	public FanOut<C> deadline(Duration deadline) {
		return with(this.options.withDeadline(deadline));
	}

	/**
	 * Limits the time of each call, so that clients which do not answer don't keep others
	 * from their turn.
	 * @param deadline counted from when the call begins; more than zero, no limit of its
	 * own without
	 * @return a fan-out with that deadline
	 */
	public FanOut<C> deadlinePerCall(Duration deadline) {
		return with(this.options.withDeadlinePerCall(deadline));
	}

	/**
	 * Limits how many calls are in flight or have ended without anybody having taken
	 * their answer: what bounds the memory, and the load on the server.
	 * @param calls how many; at least 1, 64 without
	 * @return a fan-out of that width
	 */
	public FanOut<C> concurrency(int calls) {
		return with(this.options.withConcurrency(calls));
	}

	/**
	 * Ends as soon as so many clients have answered with a response. Calls in flight are
	 * then cancelled, and the clients that did not get their turn are not called; neither
	 * have an answer. Clients that fail until then have one, and don't count. Up to
	 * {@link #concurrency(int)} clients are called at once, even if fewer are wanted.
	 * @param responses how many; at least 1
	 * @return a fan-out that ends then
	 */
	public FanOut<C> first(int responses) {
		return with(this.options.withFirst(responses));
	}

	/**
	 * Asks every client the same.
	 * @param <Q> the request's type
	 * @param <A> the response's type
	 * @param method a unary method, such as {@code NamerGrpc.getNameMethod()}
	 * @param request the request
	 * @return the calls, which begin when somebody takes their answers. They belong to
	 * the call in whose {@link Context} this method runs, and end with it
	 * @throws IllegalArgumentException if the method is not unary
	 */
	public <Q, A> FanOutCall<A> call(MethodDescriptor<Q, A> method, Q request) {
		Objects.requireNonNull(request, "request");
		return callEach(method, (connection) -> request);
	}

	/**
	 * Asks every client something of its own.
	 * @param <Q> the request's type
	 * @param <A> the response's type
	 * @param method a unary method, such as {@code NamerGrpc.getNameMethod()}
	 * @param request makes a client's request when its turn comes; what it throws is that
	 * client's answer, {@code UNKNOWN} unless it is a
	 * {@link io.grpc.StatusRuntimeException}
	 * @return the calls, which begin when somebody takes their answers. They belong to
	 * the call in whose {@link Context} this method runs, and end with it
	 * @throws IllegalArgumentException if the method is not unary
	 */
	public <Q, A> FanOutCall<A> callEach(MethodDescriptor<Q, A> method,
			Function<? super BrpcConnection, ? extends Q> request) {
		Objects.requireNonNull(request, "request");
		if (method.getType() != MethodType.UNARY) {
			throw new IllegalArgumentException(
					method.getFullMethodName() + " is " + method.getType() + ", a fan-out calls UNARY methods");
		}
		return new FanOutCall<>(this.options, new UnaryQuestion<>(this.stubs, method, request), Context.current());
	}

	private FanOut<C> with(FanOutOptions options) {
		return new FanOut<>(this.connections, this.stubs, options);
	}

}
