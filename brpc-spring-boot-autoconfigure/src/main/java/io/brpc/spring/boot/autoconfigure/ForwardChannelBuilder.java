package io.brpc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;

/**
 * Builds channels over a connection that is there already, so that interceptors are all
 * that can be chosen: the rest belongs to the connection.
 * <p>
 * Not safe for use by several threads.
 */
final class ForwardChannelBuilder extends ManagedChannelBuilder<ForwardChannelBuilder> {

	private final List<ClientInterceptor> interceptors = new ArrayList<>();

	private final String authority;

	private final Supplier<Channel> connection;

	ForwardChannelBuilder(String authority, Supplier<Channel> connection) {
		this.authority = authority;
		this.connection = connection;
	}

	@Override
	public ForwardChannelBuilder intercept(List<ClientInterceptor> interceptors) {
		this.interceptors.addAll(interceptors);
		return this;
	}

	@Override
	public ForwardChannelBuilder intercept(ClientInterceptor... interceptors) {
		return intercept(List.of(interceptors));
	}

	/**
	 * Builds the channel.
	 * @return a channel that looks for its connection with the first call
	 */
	@Override
	public ManagedChannel build() {
		ManagedChannel channel = new BorrowedChannel(this.authority, this.connection);
		List<ClientInterceptor> interceptors = List.copyOf(this.interceptors);
		return interceptors.isEmpty() ? channel
				: new BorrowedChannel(this.authority, () -> ClientInterceptors.intercept(channel, interceptors));
	}

	@Override
	public ForwardChannelBuilder directExecutor() {
		throw ofConnection("the executor");
	}

	@Override
	public ForwardChannelBuilder executor(Executor executor) {
		throw ofConnection("the executor");
	}

	@Override
	public ForwardChannelBuilder userAgent(String userAgent) {
		throw ofConnection("the user agent");
	}

	@Override
	public ForwardChannelBuilder overrideAuthority(String authority) {
		throw ofConnection("the authority");
	}

	@Override
	@Deprecated
	public ForwardChannelBuilder nameResolverFactory(NameResolver.Factory factory) {
		throw ofConnection("name resolution");
	}

	@Override
	public ForwardChannelBuilder decompressorRegistry(DecompressorRegistry registry) {
		throw ofConnection("the decompressor registry");
	}

	@Override
	public ForwardChannelBuilder compressorRegistry(CompressorRegistry registry) {
		throw ofConnection("the compressor registry");
	}

	@Override
	public ForwardChannelBuilder idleTimeout(long value, TimeUnit unit) {
		throw ofConnection("the idle time-out");
	}

	private UnsupportedOperationException ofConnection(String what) {
		return new UnsupportedOperationException("a channel to " + this.authority + " shares its connection, to which "
				+ what + " belongs: use brpc.client.connection.* or a BrpcClientBuilderCustomizer");
	}

}
