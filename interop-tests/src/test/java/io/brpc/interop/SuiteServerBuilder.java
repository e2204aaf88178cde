package io.brpc.interop;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;

/**
 * Hands what gRPC's suite wants of a server to somebody else, who then makes the server.
 * Wishes that the suite does not have are not supported.
 */
final class SuiteServerBuilder extends ForwardingServerBuilder<SuiteServerBuilder> {

	private final Consumer<Consumer<ServerBuilder<?>>> customizer;

	private final Supplier<Server> maker;

	/**
	 * Makes a builder.
	 * @param customizer takes what the suite wants
	 * @param maker makes the server
	 */
	SuiteServerBuilder(Consumer<Consumer<ServerBuilder<?>>> customizer, Supplier<Server> maker) {
		this.customizer = customizer;
		this.maker = maker;
	}

	@Override
	public SuiteServerBuilder addService(ServerServiceDefinition service) {
		this.customizer.accept((builder) -> builder.addService(service));
		return this;
	}

	@Override
	public SuiteServerBuilder addStreamTracerFactory(ServerStreamTracer.Factory factory) {
		this.customizer.accept((builder) -> builder.addStreamTracerFactory(factory));
		return this;
	}

	@Override
	public Server build() {
		return this.maker.get();
	}

	@Override
	protected ServerBuilder<?> delegate() {
		throw new UnsupportedOperationException("the suite has a wish that this builder does not know");
	}

}
