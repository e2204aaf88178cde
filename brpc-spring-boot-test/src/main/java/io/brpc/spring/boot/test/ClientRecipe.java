package io.brpc.spring.boot.test;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.brpc.ConnectionListener;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.grpc.BindableService;
import io.grpc.ChannelCredentials;

/**
 * How a client is made, as often as it connects. Immutable.
 *
 * @param credentials what it shows and whom it trusts
 * @param services what the server may call
 * @param customizers change the rest
 */
record ClientRecipe(ChannelCredentials credentials, List<BindableService> services,
		List<Consumer<BrpcClientBuilder>> customizers) {

	ClientRecipe {
		services = List.copyOf(services);
		customizers = List.copyOf(customizers);
	}

	/**
	 * Makes a client that connects when it is told to, and not again.
	 * @param port where to, on this machine
	 * @param listener told of the connection
	 * @return the client
	 */
	BrpcClient create(int port, ConnectionListener listener) {
		BrpcClientBuilder builder = BrpcClientBuilder
			.forAddress(InetAddress.getLoopbackAddress().getHostAddress(), port, this.credentials)
			.serverName("localhost")
			.reconnect(new ReconnectSettings(false, Duration.ofSeconds(1), Duration.ofSeconds(1)))
			.addConnectionListener(listener);
		this.services.forEach(builder::addService);
		this.customizers.forEach((customizer) -> customizer.accept(builder));
		return builder.build();
	}

}
