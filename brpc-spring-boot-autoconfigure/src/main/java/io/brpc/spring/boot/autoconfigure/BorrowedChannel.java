package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;

/**
 * A channel that somebody else owns, for those who want a {@link ManagedChannel}. To shut
 * it down ends new calls through it, and nothing else.
 * <p>
 * Safe for use by any thread.
 */
final class BorrowedChannel extends ManagedChannel {

	private final Supplier<Channel> channel;

	private final String authority;

	private volatile boolean shutdown;

	/**
	 * Makes the view.
	 * @param authority what it calls, for those who ask before there is a channel
	 * @param channel asked for the channel with every call
	 */
	BorrowedChannel(String authority, Supplier<Channel> channel) {
		this.authority = authority;
		this.channel = channel;
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		ClientCall<Q, A> call = this.channel.get().newCall(method, options);
		return this.shutdown ? new RefusedCall<>(call) : call;
	}

	@Override
	public String authority() {
		return this.authority;
	}

	@Override
	public ManagedChannel shutdown() {
		this.shutdown = true;
		return this;
	}

	@Override
	public ManagedChannel shutdownNow() {
		return shutdown();
	}

	@Override
	public boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public boolean isTerminated() {
		return this.shutdown;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return this.shutdown;
	}

	private static final class RefusedCall<Q, A> extends CheckedForwardingClientCall<Q, A> {

		RefusedCall(ClientCall<Q, A> call) {
			super(call);
		}

		@Override
		protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
			throw Status.UNAVAILABLE.withDescription("this channel was shut down").asException();
		}

	}

}
