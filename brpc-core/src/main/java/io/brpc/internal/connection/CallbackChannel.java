package io.brpc.internal.connection;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.CallbackLimits;
import io.brpc.internal.h2.StreamCaller;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The server's channel to one client. Calls made before the reverse stream is there, or
 * after the connection is gone, fail at once and say so.
 * <p>
 * {@link #open}, {@link #drain} and {@link #close} are event-loop confined; calls may be
 * made by any thread.
 */
final class CallbackChannel extends Channel {

	private final AtomicInteger inFlight = new AtomicInteger();

	private final CallbackLimits limits;

	private volatile @Nullable Connection connection;

	private volatile @Nullable ManagedChannel delegate;

	CallbackChannel(CallbackLimits limits) {
		this.limits = limits;
	}

	/**
	 * Builds the gRPC channel on the reverse stream and sends the first bytes, by which
	 * the client sees the stream.
	 * @param stream the stream
	 * @param connection the connection
	 * @param settings applied to the channel's builder
	 */
	void open(QuicStreamChannel stream, Connection connection, CallbackSettings settings) {
		ManagedChannelBuilder<?> builder = StreamCaller.on(stream, connection.reverse());
		settings.applyTo(builder);
		ManagedChannel channel = builder.build();
		this.connection = connection;
		this.delegate = channel;
		channel.getState(true);
	}

	/**
	 * Lets the calls in flight finish, then ends the stream.
	 */
	void drain() {
		ManagedChannel channel = this.delegate;
		if (channel != null) {
			channel.shutdown();
		}
	}

	/**
	 * Ends what is left. The connection has ended the stream, so calls on it end with the
	 * connection's status.
	 */
	void close() {
		ManagedChannel channel = this.delegate;
		if (channel != null) {
			channel.shutdownNow();
		}
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		ManagedChannel channel = Objects.requireNonNull(this.delegate, "channel");
		if (connection.state() == ConnectionState.CLOSED) {
			return new FailedClientCall<>(connection.lossStatus());
		}
		// This channel can't become ready again: to wait for that would be to wait for
		// ever.
		CallOptions bounded = withDeadline(method, options.withoutWaitForReady());
		return new CountedCall<>(channel.newCall(method, bounded), connection);
	}

	private CallOptions withDeadline(MethodDescriptor<?, ?> method, CallOptions options) {
		if (options.getDeadline() != null || method.getType() != MethodType.UNARY) {
			return options;
		}
		return options.withDeadlineAfter(this.limits.defaultDeadline().toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public String authority() {
		return Objects.requireNonNull(this.delegate, "channel").authority();
	}

	/**
	 * Holds one of the places that callbacks to this client have, from its start to its
	 * end.
	 */
	private final class CountedCall<Q, A> extends ForwardingClientCall<Q, A> {

		private final Connection connection;

		private ClientCall<Q, A> delegate;

		CountedCall(ClientCall<Q, A> delegate, Connection connection) {
			this.delegate = delegate;
			this.connection = connection;
		}

		@Override
		protected ClientCall<Q, A> delegate() {
			return this.delegate;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			int limit = CallbackChannel.this.limits.maxConcurrentCallbacks();
			if (CallbackChannel.this.inFlight.incrementAndGet() > limit) {
				CallbackChannel.this.inFlight.decrementAndGet();
				this.delegate = new FailedClientCall<>(Status.RESOURCE_EXHAUSTED.withDescription("client "
						+ this.connection.id() + " has " + limit + " callbacks in flight, which is the limit"));
				this.delegate.start(listener, headers);
				return;
			}
			super.start(new SimpleForwardingClientCallListener<>(listener) {
				@Override
				public void onClose(Status status, Metadata trailers) {
					CallbackChannel.this.inFlight.decrementAndGet();
					super.onClose(status, trailers);
				}
			}, headers);
		}

	}

}
