package io.brpc.spring.boot.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import io.brpc.client.BrpcClientBuilder;
import io.grpc.BindableService;
import org.jspecify.annotations.Nullable;

/**
 * Says what a test client is like.
 * <p>
 * Not safe for use by several threads.
 */
public final class BrpcTestClientBuilder {

	private final List<BindableService> services = new ArrayList<>();

	private final List<Consumer<BrpcClientBuilder>> customizers = new ArrayList<>();

	private final TestAuthority authority;

	private final Function<ClientRecipe, BrpcTestClient> connect;

	private @Nullable String name = TestBundles.CLIENT;

	BrpcTestClientBuilder(TestAuthority authority, Function<ClientRecipe, BrpcTestClient> connect) {
		this.authority = authority;
		this.connect = connect;
	}

	/**
	 * Sets who the client is.
	 * @param name the common name of the certificate that it shows if the server asks for
	 * one; {@value TestBundles#CLIENT} without
	 * @return this
	 */
	public BrpcTestClientBuilder name(String name) {
		this.name = Objects.requireNonNull(name, "name");
		return this;
	}

	/**
	 * Makes the client show no certificate.
	 * @return this
	 */
	public BrpcTestClientBuilder withoutCertificate() {
		this.name = null;
		return this;
	}

	/**
	 * Adds services that the server may call.
	 * @param services the services
	 * @return this
	 */
	public BrpcTestClientBuilder services(BindableService... services) {
		this.services.addAll(List.of(services));
		return this;
	}

	/**
	 * Changes the client in ways that this builder does not have.
	 * @param customizer called whenever the client connects
	 * @return this
	 */
	public BrpcTestClientBuilder customize(Consumer<BrpcClientBuilder> customizer) {
		this.customizers.add(customizer);
		return this;
	}

	/**
	 * Connects the client and waits until it can be called.
	 * @return the client
	 * @throws io.grpc.StatusRuntimeException if there is no connection, with the reason
	 */
	public BrpcTestClient connect() {
		return this.connect
			.apply(new ClientRecipe(this.authority.credentials(this.name), this.services, this.customizers));
	}

}
