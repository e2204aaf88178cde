package io.brpc.internal.connection;

import java.util.List;
import java.util.concurrent.Executor;

import io.brpc.CallbackLimits;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannelBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How the server's channels to its clients are built. Immutable.
 *
 * @param executor runs what the application does about connections
 * @param answers runs the callbacks' listeners; see {@link CallExecutor#answers()}
 * @param interceptors for every callback, the first one outermost
 * @param maxInboundMessageSize the largest response message, bytes
 * @param maxInboundMetadataSize the largest response metadata, bytes
 * @param limits deadline and number of callbacks
 */
public record CallbackSettings(Executor executor, @Nullable Executor answers, List<ClientInterceptor> interceptors,
		int maxInboundMessageSize, int maxInboundMetadataSize, CallbackLimits limits) {

	/**
	 * Copies the interceptors.
	 */
	public CallbackSettings {
		interceptors = List.copyOf(interceptors);
	}

	/**
	 * Applies the interceptors to a channel that is not built by gRPC.
	 * @param channel a channel
	 * @return the channel for callbacks
	 */
	Channel intercept(Channel channel) {
		return ClientInterceptors.interceptForward(channel, this.interceptors);
	}

	void applyTo(ManagedChannelBuilder<?> builder) {
		builder.executor(this.answers)
			.offloadExecutor(this.answers)
			.maxInboundMessageSize(this.maxInboundMessageSize)
			.maxInboundMetadataSize(this.maxInboundMetadataSize)
			.addTransportFilter(TransportAttributes.calling());
		builder.intercept(new CallChainHeader());
		// A builder's interceptors run in the reverse of the order in which they are
		// added.
		for (int i = this.interceptors.size() - 1; i >= 0; i--) {
			builder.intercept(this.interceptors.get(i));
		}
	}

}
