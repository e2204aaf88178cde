package io.brpc.spring.boot.autoconfigure;

import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionListener;
import io.brpc.server.BrpcServerBuilder;
import io.grpc.ClientInterceptor;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ServerBuilder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Applies properties and beans to the brpc server's builder, in the order of Boot's own
 * server factories: registries, executor, properties, customizers. Immutable.
 */
final class ServerSettings implements ServerBuilderCustomizer<BrpcServerBuilder> {

	private final BrpcServerProperties properties;

	private final ApplicationContext context;

	ServerSettings(BrpcServerProperties properties, ApplicationContext context) {
		this.properties = properties;
		this.context = context;
	}

	@Override
	public void customize(BrpcServerBuilder builder) {
		this.context.getBeanProvider(CompressorRegistry.class).ifAvailable(builder::compressorRegistry);
		this.context.getBeanProvider(DecompressorRegistry.class).ifAvailable(builder::decompressorRegistry);
		VirtualThreads.executor(this.context.getEnvironment(), "brpc-server-").ifPresent(builder::executor);
		this.context.getBeanProvider(GrpcServerExecutorProvider.class)
			.ifAvailable((provider) -> builder.executor(provider.getExecutor()));
		this.context.getBeanProvider(ConnectionAuthenticator.class).ifAvailable(builder::authenticator);
		builder.transportSettings(this.properties.transportSettings())
			.busyWait(this.properties.busyWait())
			.admissionLimits(this.properties.admissionLimits())
			.duplicatePrincipal(this.properties.duplicatePrincipal())
			.callLimits(this.properties.callLimits())
			.callbackLimits(this.properties.callback().toCallbackLimits())
			.maxInboundMessageSize((int) this.properties.inbound().message().maxSize().toBytes())
			.maxInboundMetadataSize((int) this.properties.inbound().metadata().maxSize().toBytes())
			.interceptCallbacks(GlobalClientInterceptors.of(this.context).toArray(ClientInterceptor[]::new));
		this.context.getBeanProvider(ConnectionListener.class).orderedStream().forEach(builder::addConnectionListener);
		this.context.getBeanProvider(ConnectionEventPublisher.class)
			.ifAvailable((events) -> builder.addConnectionListener(events.listener(null)));
		applyCustomizers(builder);
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private void applyCustomizers(BrpcServerBuilder builder) {
		ObjectProvider<ServerBuilderCustomizer> customizers = this.context
			.getBeanProvider(ServerBuilderCustomizer.class);
		LambdaSafe
			.callbacks(ServerBuilderCustomizer.class, customizers.orderedStream().toList(), (ServerBuilder) builder)
			.withLogger(ServerSettings.class)
			.invoke((customizer) -> customizer.customize(builder));
		this.context.getBeanProvider(BrpcServerBuilderCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
	}

}
