package io.brpc.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;

import io.brpc.ClientAnswer;
import io.brpc.testing.proto.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber to a fan-out that asks for answers when the test says so. Safe for use by
 * any thread.
 */
public final class AnswerRecorder implements Flow.Subscriber<ClientAnswer<Payload>> {

	private final List<ClientAnswer<Payload>> answers = Collections.synchronizedList(new ArrayList<>());

	private volatile Flow.@Nullable Subscription subscription;

	private volatile @Nullable Throwable failure;

	private volatile boolean complete;

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
	}

	@Override
	public void onNext(ClientAnswer<Payload> answer) {
		this.answers.add(answer);
	}

	@Override
	public void onError(Throwable failure) {
		this.failure = failure;
	}

	@Override
	public void onComplete() {
		this.complete = true;
	}

	public AnswerRecorder request(long count) {
		Objects.requireNonNull(this.subscription, "not subscribed").request(count);
		return this;
	}

	public void cancel() {
		Objects.requireNonNull(this.subscription, "not subscribed").cancel();
	}

	public List<ClientAnswer<Payload>> answers() {
		return List.copyOf(this.answers);
	}

	public @Nullable Throwable failure() {
		return this.failure;
	}

	public boolean isComplete() {
		return this.complete;
	}

}
