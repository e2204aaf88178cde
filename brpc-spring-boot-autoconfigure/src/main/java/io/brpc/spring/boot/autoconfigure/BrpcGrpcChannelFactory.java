package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.brpc.client.BrpcClient;
import io.grpc.ChannelCredentials;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.ClientInterceptorsConfigurer;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.interceptor.DefaultDeadlineSetupClientInterceptor;

/**
 * The targets {@code brpc:NAME}: channels over the connection of that name, with
 * interceptors as Spring gRPC's own factories apply them. They look for the client with
 * their first call, so that client services may have stubs of the server. Of
 * {@code spring.grpc.client.channel} the default deadline applies; all else is the
 * connection's.
 * <p>
 * Not safe for use by several threads.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
public final class BrpcGrpcChannelFactory extends DefaultGrpcChannelFactory<ForwardChannelBuilder> {

	static final String SCHEME = "brpc:";

	private final ObjectProvider<BrpcClients> clients;

	private final BrpcClientProperties connections;

	private final ChannelTargets channels;

	BrpcGrpcChannelFactory(ObjectProvider<BrpcClients> clients, BrpcClientProperties connections,
			ChannelTargets channels, ClientInterceptorsConfigurer interceptors) {
		super(List.of(defaultDeadline(channels.properties())), interceptors);
		this.clients = clients;
		this.connections = connections;
		this.channels = channels;
		setVirtualTargets(channels::resolve);
	}

	private static GrpcChannelBuilderCustomizer<ForwardChannelBuilder> defaultDeadline(
			GrpcClientProperties properties) {
		return (target, builder) -> {
			GrpcClientProperties.Channel channel = properties.getChannel().get(target);
			Duration deadline = (channel != null) ? channel.getDefault().getDeadline() : null;
			if (deadline != null && deadline.toMillis() > 0) {
				builder.intercept(new DefaultDeadlineSetupClientInterceptor(deadline));
			}
		};
	}

	@Override
	public boolean supports(String target) {
		return this.channels.resolve(target).startsWith(SCHEME);
	}

	@Override
	protected ForwardChannelBuilder newChannelBuilder(String target, ChannelCredentials credentials) {
		String name = target.substring(SCHEME.length());
		if (!this.connections.connection().containsKey(name)) {
			throw new IllegalArgumentException("target '" + target + "': there is no brpc.client.connection." + name
					+ ", but " + this.connections.connection().keySet());
		}
		return new ForwardChannelBuilder(target, () -> client(name).channel());
	}

	private BrpcClient client(String name) {
		return this.clients.getObject().get(name);
	}

}
