package io.brpc.spring.boot.autoconfigure;

import io.brpc.ConnectionRegistry;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * The target {@code brpc-client:current}: the client whose call is being handled, decided
 * anew for every call. The connections' channels have the global interceptors already.
 * Immutable.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class CurrentClientChannelFactory implements GrpcChannelFactory {

	static final String TARGET = "brpc-client:current";

	private final ConnectionRegistry connections;

	private final ChannelTargets targets;

	CurrentClientChannelFactory(ConnectionRegistry connections, ChannelTargets targets) {
		this.connections = connections;
		this.targets = targets;
	}

	@Override
	public boolean supports(String target) {
		return TARGET.equals(this.targets.resolve(target));
	}

	@Override
	public ManagedChannel createChannel(String target, ChannelBuilderOptions options) {
		Channel channel = ClientInterceptors.interceptForward(this.connections.currentChannel(),
				options.interceptors());
		return new BorrowedChannel(TARGET, () -> channel);
	}

}
