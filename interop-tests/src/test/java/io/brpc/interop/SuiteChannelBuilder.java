package io.brpc.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.ClientInterceptor;
import io.grpc.ForwardingChannelBuilder;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;

/**
 * Collects what gRPC's suite wants of a channel, for a channel that is made in another
 * way than by a gRPC builder. Wishes that the suite does not have are not supported.
 */
final class SuiteChannelBuilder extends ForwardingChannelBuilder<SuiteChannelBuilder> {

	private final List<Consumer<ManagedChannelBuilder<?>>> wishes = new ArrayList<>();

	private final List<ClientInterceptor> interceptors = new ArrayList<>();

	private final Function<SuiteChannelBuilder, ManagedChannel> maker;

	/**
	 * Makes a builder.
	 * @param maker makes the channel of what was collected
	 */
	SuiteChannelBuilder(Function<SuiteChannelBuilder, ManagedChannel> maker) {
		this.maker = maker;
	}

	/**
	 * Returns the interceptors, as {@code ClientInterceptors.intercept} takes them.
	 * @return the interceptors, the one that was added last runs first
	 */
	List<ClientInterceptor> interceptors() {
		return this.interceptors;
	}

	/**
	 * Tells a gRPC builder all that was collected but for the interceptors.
	 * @param builder the builder
	 */
	void applyTo(ManagedChannelBuilder<?> builder) {
		this.wishes.forEach((wish) -> wish.accept(builder));
	}

	@Override
	public SuiteChannelBuilder intercept(ClientInterceptor... interceptors) {
		this.interceptors.addAll(List.of(interceptors));
		return this;
	}

	@Override
	public SuiteChannelBuilder enableRetry() {
		this.wishes.add(ManagedChannelBuilder::enableRetry);
		return this;
	}

	@Override
	public SuiteChannelBuilder maxInboundMessageSize(int bytes) {
		this.wishes.add((builder) -> builder.maxInboundMessageSize(bytes));
		return this;
	}

	@Override
	public ManagedChannel build() {
		return this.maker.apply(this);
	}

	@Override
	protected ManagedChannelBuilder<?> delegate() {
		throw new UnsupportedOperationException("the suite has a wish that this builder does not know");
	}

}
