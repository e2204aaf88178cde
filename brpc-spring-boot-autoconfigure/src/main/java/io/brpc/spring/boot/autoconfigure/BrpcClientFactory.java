package io.brpc.spring.boot.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import io.brpc.ConnectionListener;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.grpc.ChannelCredentials;
import io.grpc.ServerServiceDefinition;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;

/**
 * Makes the client of a connection out of properties and beans. Immutable.
 */
final class BrpcClientFactory {

	private final ApplicationContext context;

	private final TlsBundles tls;

	private final ClientServices services;

	BrpcClientFactory(ApplicationContext context, SslBundles bundles, ClientServices services) {
		this.context = context;
		this.tls = new TlsBundles(bundles);
		this.services = services;
	}

	/**
	 * Makes a client.
	 * @param name the connection's name
	 * @param properties the connection's properties
	 * @return a client that is not started
	 */
	BrpcClient create(String name, BrpcClientProperties.Connection properties) {
		String prefix = BrpcClientProperties.prefix(name);
		BrpcClientBuilder builder = builder(prefix, properties).transportSettings(properties.transportSettings())
			.busyWait(properties.busyWait())
			.callLimits(properties.inbound().toCallLimits())
			.reconnect(properties.reconnect().toSettings())
			.maxInboundMessageSize((int) properties.inbound().message().maxSize().toBytes())
			.maxInboundMetadataSize((int) properties.inbound().metadata().maxSize().toBytes());
		if (properties.ssl().serverName() != null) {
			builder.serverName(properties.ssl().serverName());
		}
		for (ServerServiceDefinition service : this.services.select(prefix + ".services", properties.services())) {
			builder.addService(service);
		}
		VirtualThreads.executor(this.context.getEnvironment(), "brpc-client-").ifPresent(builder::executor);
		this.context.getBeanProvider(ConnectionListener.class).orderedStream().forEach(builder::addConnectionListener);
		this.context.getBeanProvider(ConnectionEventPublisher.class)
			.ifAvailable((events) -> builder.addConnectionListener(events.listener(name)));
		this.context.getBeanProvider(BrpcClientBuilderCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(name, builder));
		BrpcClient client = builder.build();
		this.tls.watchClient(properties.ssl().bundle(), client::updateCredentials);
		return client;
	}

	private BrpcClientBuilder builder(String prefix, BrpcClientProperties.Connection properties) {
		List<ServerAddress> servers = properties.address()
			.stream()
			.map((server) -> resolve(prefix + ".address", server))
			.toList();
		ChannelCredentials credentials = this.tls.forClient(prefix + ".ssl.bundle", properties.ssl().bundle());
		if (servers.size() == 1) {
			return BrpcClientBuilder.forAddress(servers.get(0).host(), servers.get(0).port(), credentials);
		}
		return BrpcClientBuilder.forTarget(
				servers.stream().map(ServerAddress::toString).collect(Collectors.joining(",", "brpc-list:///", "")),
				credentials);
	}

	private ServerAddress resolve(String property, String server) {
		String resolved = this.context.getEnvironment().resolvePlaceholders(server);
		try {
			return ServerAddress.parse(resolved);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, resolved,
					"must be host:port, with a port from 1 to 65535; ${local.brpc.server.port} has a value only when "
							+ "the server of this application has started",
					ex);
		}
	}

}
