package io.brpc.internal.connection;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.CallbackLimits;
import io.brpc.internal.h2.StreamCaller;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
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
		return new CallbackCall<>(channel.newCall(method, bounded), connection, this.inFlight,
				this.limits.maxConcurrentCallbacks());
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

}
