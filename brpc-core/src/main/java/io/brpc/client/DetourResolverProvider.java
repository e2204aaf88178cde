package io.brpc.client;

import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;

import io.brpc.internal.connection.Dialer;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link DetourResolver} around the resolver that gRPC has for a target.
 * Immutable.
 */
final class DetourResolverProvider extends NameResolverProvider {

	private static final int PRIORITY = 5;

	private final NameResolverProvider delegate;

	private final Dialer dialer;

	DetourResolverProvider(String target, Dialer dialer) {
		this.delegate = find(target);
		this.dialer = dialer;
	}

	/**
	 * Finds what gRPC would: the provider of the target's scheme, or, as a target need
	 * not have one, that of the default scheme.
	 */
	private static NameResolverProvider find(String target) {
		NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
		String scheme = scheme(target);
		NameResolverProvider provider = (scheme != null) ? registry.getProviderForScheme(scheme) : null;
		if (provider == null) {
			provider = registry.getProviderForScheme(registry.getDefaultScheme());
		}
		if (provider == null) {
			throw new IllegalArgumentException("no name resolver for " + target);
		}
		return provider;
	}

	private static @Nullable String scheme(String target) {
		try {
			return new URI(target).getScheme();
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	@Override
	public String getDefaultScheme() {
		return this.delegate.getDefaultScheme();
	}

	@Override
	public String getScheme() {
		return this.delegate.getScheme();
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return PRIORITY;
	}

	@Override
	public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
		return this.delegate.getProducedSocketAddressTypes();
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
		NameResolver resolver = this.delegate.newNameResolver(target, args);
		return (resolver != null) ? new DetourResolver(resolver, this.dialer, args.getSynchronizationContext()) : null;
	}

}
