package io.brpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

import io.grpc.Context;

/**
 * The calls of a {@link FanOut} and their answers, one for each client and in the order
 * in which they come. Nothing is called before somebody takes the answers: with
 * {@link #forEach} or {@link #toList} on the calling thread, with {@link #toFuture} or as
 * a {@link Flow.Publisher} on others. Each time, the clients are chosen and called anew.
 * <p>
 * All but {@code toList} and {@code toFuture} hand answers on and keep none. The answer
 * of a fan-out to nobody is empty. The calls' {@link Context} is the one in which the
 * fan-out was made; if that is cancelled, as a handler's is when its call has ended, the
 * rest ends with it.
 * <p>
 * Immutable, and safe for use by any thread.
 *
 * @param <A> the response's type
 */
public final class FanOutCall<A> implements Flow.Publisher<ClientAnswer<A>> {

	private final FanOutOptions options;

	private final Question<A> question;

	private final Context context;

	FanOutCall(FanOutOptions options, Question<A> question, Context context) {
		this.options = options;
		this.question = question;
		this.context = context;
	}

	/**
	 * Calls the clients, and hands on each answer as it comes. Returns when there is none
	 * left to come and no call in flight. The calling thread does all the work, so it
	 * needs no other thread, and what it carries (thread locals, a trace) is there in
	 * interceptors.
	 * @param action told of one answer after the other, on the calling thread. If it
	 * throws, the rest is cancelled and the exception passed on
	 * @throws io.grpc.StatusRuntimeException with {@code CANCELLED} if the thread is
	 * interrupted, which stays so; the rest is cancelled
	 */
	public void forEach(Consumer<? super ClientAnswer<A>> action) {
		Objects.requireNonNull(action, "action");
		new BlockingFanOut<A>(action).run(this.options, this.question, this.context);
	}

	/**
	 * Calls the clients, and waits for all answers, as {@link #forEach} does.
	 * @return the answers, in the order in which they came
	 * @throws io.grpc.StatusRuntimeException with {@code CANCELLED} if the thread is
	 * interrupted, which stays so; the rest is cancelled
	 */
	public List<ClientAnswer<A>> toList() {
		List<ClientAnswer<A>> answers = new ArrayList<>();
		forEach(answers::add);
		return List.copyOf(answers);
	}

	/**
	 * Calls the clients, and returns without waiting.
	 * @return completes with all answers, in the order in which they came, on a thread
	 * that runs the callbacks' listeners. To complete or cancel this very future (not one
	 * that depends on it) cancels the rest
	 */
	public CompletableFuture<List<ClientAnswer<A>>> toFuture() {
		CollectedAnswers<A> answers = new CollectedAnswers<>();
		subscribe(answers);
		return answers.future();
	}

	/**
	 * Calls the clients, and returns without waiting. Calls run ahead of what the
	 * subscriber requests by no more than the fan-out's concurrency. A failed call is an
	 * answer and no {@code onError}.
	 * @param subscriber told of one answer after the other, on threads that run the
	 * callbacks' listeners, where it may block, and on this one. When it cancels, the
	 * calls in flight are cancelled
	 */
	@Override
	public void subscribe(Flow.Subscriber<? super ClientAnswer<A>> subscriber) {
		Objects.requireNonNull(subscriber, "subscriber");
		new FanOutRun<>(this.options, this.question, this.context, subscriber, null).start();
	}

}
