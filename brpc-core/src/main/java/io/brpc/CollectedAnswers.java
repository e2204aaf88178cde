package io.brpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Keeps the answers of a fan-out until all are there. Confined to the turns of the
 * fan-out, but for the future.
 */
final class CollectedAnswers<A> implements Flow.Subscriber<ClientAnswer<A>> {

	private final List<ClientAnswer<A>> answers = new ArrayList<>();

	private final CompletableFuture<List<ClientAnswer<A>>> future = new CompletableFuture<>();

	CompletableFuture<List<ClientAnswer<A>>> future() {
		return this.future;
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		// Does nothing to a fan-out that has ended.
		this.future.whenComplete((answers, failure) -> subscription.cancel());
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ClientAnswer<A> answer) {
		this.answers.add(answer);
	}

	@Override
	public void onError(Throwable failure) {
		this.future.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		this.future.complete(List.copyOf(this.answers));
	}

}
