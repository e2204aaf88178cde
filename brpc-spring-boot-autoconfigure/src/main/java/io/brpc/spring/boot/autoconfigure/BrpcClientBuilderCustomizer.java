package io.brpc.spring.boot.autoconfigure;

import io.brpc.client.BrpcClientBuilder;

/**
 * Changes how brpc clients are built. Beans of this type are called in their order, for
 * every connection, after the properties have been applied.
 */
@FunctionalInterface
public interface BrpcClientBuilderCustomizer {

	/**
	 * Changes the builder of a connection's client.
	 * @param connection the connection's name
	 * @param builder the builder
	 */
	void customize(String connection, BrpcClientBuilder builder);

}
