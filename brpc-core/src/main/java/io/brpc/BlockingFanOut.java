package io.brpc;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import io.grpc.Context;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A fan-out on the thread that waits for it: this thread runs the calls' listeners, so a
 * pool whose threads all wait for fan-outs can't keep them from ending. It stays until no
 * call is in flight, for nobody else would run the listener of one that is left.
 * <p>
 * Confined to the thread that calls {@link #run}.
 */
final class BlockingFanOut<A> implements Flow.Subscriber<ClientAnswer<A>> {

	private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

	private final Consumer<? super ClientAnswer<A>> action;

	private Flow.@Nullable Subscription subscription;

	private @Nullable RuntimeException failure;

	private @Nullable Error error;

	BlockingFanOut(Consumer<? super ClientAnswer<A>> action) {
		this.action = action;
	}

	void run(FanOutOptions options, Question<A> question, Context context) {
		FanOutRun<A> run = new FanOutRun<>(options, question, context, this, this.tasks::add);
		run.start();
		boolean interrupted = false;
		while (!run.hasEnded()) {
			try {
				this.tasks.take().run();
			}
			catch (InterruptedException ex) {
				interrupted = true;
				run.cancel();
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		rethrow();
		if (interrupted) {
			throw Status.CANCELLED.withDescription("interrupted while waiting for the answers of a fan-out")
				.asRuntimeException();
		}
	}

	private void rethrow() {
		if (this.error != null) {
			throw this.error;
		}
		if (this.failure != null) {
			throw this.failure;
		}
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ClientAnswer<A> answer) {
		try {
			this.action.accept(answer);
		}
		catch (RuntimeException ex) {
			this.failure = ex;
			cancel();
		}
		catch (Error ex) {
			this.error = ex;
			cancel();
		}
	}

	private void cancel() {
		if (this.subscription != null) {
			this.subscription.cancel();
		}
	}

	@Override
	public void onError(Throwable throwable) {
		throw new IllegalStateException("never, because the request for answers is valid", throwable);
	}

	@Override
	public void onComplete() {
	}

}
