package io.brpc.spring.boot.autoconfigure;

import io.brpc.ClientStub;

/**
 * Makes {@link ClientStub}s of the application's clients where there is no injection
 * point to make them for. Safe for use by any thread.
 */
public interface ClientStubFactory {

	/**
	 * Makes a maker of stubs.
	 * @param <C> the stub's type
	 * @param stubType a stub type of generated code, or one that a
	 * {@link org.springframework.grpc.client.StubFactory} bean makes
	 * @return the maker of stubs
	 * @throws IllegalStateException if no {@code StubFactory} makes stubs of this type
	 */
	<C> ClientStub<C> create(Class<C> stubType);

}
