package io.brpc.internal.connection;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.CallbackLimits;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * The server's channel to one client, by any wire. Calls made after the connection is
 * gone fail at once and say so.
 * <p>
 * {@link #open} is event-loop confined; calls may be made by any thread.
 */
final class CallbackChannel extends Channel {

	private final AtomicInteger inFlight = new AtomicInteger();

	private final CallbackLimits limits;

	private volatile @Nullable Connection connection;

	private volatile @Nullable Channel delegate;

	CallbackChannel(CallbackLimits limits) {
		this.limits = limits;
	}

	/**
	 * Takes the channel of the connection's session. To be called before the connection
	 * is ready.
	 * @param channel makes the calls
	 * @param connection the connection
	 */
	void open(Channel channel, Connection connection) {
		this.connection = connection;
		this.delegate = channel;
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		Channel channel = Objects.requireNonNull(this.delegate, "channel");
		if (connection.life().state() == ConnectionState.CLOSED) {
			return new FailedClientCall<>(connection.life().lossStatus("closed"));
		}
		// This channel can't become ready again: to wait for that would be to wait for
		// ever.
		CallOptions bounded = withDeadline(method, options.isWaitForReady() ? options.withoutWaitForReady() : options);
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
