package io.brpc.testing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import io.grpc.stub.CallStreamObserver;

/**
 * Sends messages into a call while the call is ready for them, and then half-closes or
 * completes it. A well-behaved sender: what it has sent at any moment shows how far
 * backpressure lets one go.
 * <p>
 * gRPC calls it from one thread at a time; {@link #sent()} may be asked by any.
 *
 * @param <T> the messages
 */
public final class Feed<T> {

	private final CallStreamObserver<T> call;

	private final int count;

	private final IntFunction<T> messages;

	private final AtomicInteger sent = new AtomicInteger();

	private boolean completed;

	private Feed(CallStreamObserver<T> call, int count, IntFunction<T> messages) {
		this.call = call;
		this.count = count;
		this.messages = messages;
	}

	/**
	 * Sends into a call.
	 * @param <T> the messages
	 * @param call a call whose on-ready handler may still be set
	 * @param count how many messages
	 * @param messages makes a message of its number, from 0
	 * @return the feed
	 */
	public static <T> Feed<T> into(CallStreamObserver<T> call, int count, IntFunction<T> messages) {
		Feed<T> feed = new Feed<>(call, count, messages);
		call.setOnReadyHandler(feed::send);
		return feed;
	}

	/**
	 * Returns how many messages were handed to gRPC so far.
	 * @return the number
	 */
	public int sent() {
		return this.sent.get();
	}

	/**
	 * Tells whether gRPC would take more now.
	 * @return whether the call is ready
	 */
	public boolean isReady() {
		return this.call.isReady();
	}

	private void send() {
		while (!this.completed && this.call.isReady()) {
			int number = this.sent.get();
			if (number < this.count) {
				this.call.onNext(this.messages.apply(number));
				this.sent.incrementAndGet();
			}
			else {
				this.completed = true;
				this.call.onCompleted();
			}
		}
	}

}
