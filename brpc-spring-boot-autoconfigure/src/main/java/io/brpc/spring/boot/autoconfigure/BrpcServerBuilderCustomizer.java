package io.brpc.spring.boot.autoconfigure;

import io.brpc.server.BrpcServerBuilder;

/**
 * Changes how the brpc server is built. Beans of this type are called in their order,
 * after the properties have been applied.
 */
@FunctionalInterface
public interface BrpcServerBuilderCustomizer {

	/**
	 * Changes the builder.
	 * @param builder the builder
	 */
	void customize(BrpcServerBuilder builder);

}
