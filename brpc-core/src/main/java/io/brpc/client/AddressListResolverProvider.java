package io.brpc.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import org.jspecify.annotations.Nullable;

/**
 * The target {@code brpc-list:///host1:port1,host2:port2}: servers that are tried in the
 * order given. gRPC has no such target of its own. Found by
 * {@link java.util.ServiceLoader}, which is why it is public. Stateless.
 */
public final class AddressListResolverProvider extends NameResolverProvider {

	/**
	 * The target's scheme.
	 */
	public static final String SCHEME = "brpc-list";

	private static final int PRIORITY = 5;

	/**
	 * Returns the target of a list of servers.
	 * @param addresses {@code host:port} each
	 * @return the target
	 * @throws IllegalArgumentException if there is none, or one is not {@code host:port}
	 */
	static String target(List<String> addresses) {
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("no address to dial");
		}
		StringJoiner path = new StringJoiner(",");
		for (String address : addresses) {
			path.add(HostAndPort.parse(address).authority().replace("[", "%5B").replace("]", "%5D"));
		}
		return SCHEME + ":///" + path;
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
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
		return Set.of(InetSocketAddress.class);
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		String path = target.getPath();
		if (path == null || path.length() < 2) {
			throw new IllegalArgumentException(target + " names no server; expected brpc-list:///host:port,host:port");
		}
		List<HostAndPort> servers = new ArrayList<>();
		for (String server : path.substring(1).split(",", -1)) {
			servers.add(HostAndPort.parse(server));
		}
		return new AddressListResolver(servers, args);
	}

	/**
	 * A server as the user wrote it. Immutable.
	 *
	 * @param host a name or an address, without brackets
	 * @param port the UDP port
	 */
	record HostAndPort(String host, int port) {

		static HostAndPort parse(String text) {
			URI uri = URI.create("//" + text.trim());
			String host = uri.getHost();
			if (host == null || uri.getPort() < 1) {
				throw new IllegalArgumentException("'" + text + "' is not host:port");
			}
			return new HostAndPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
		}

		String authority() {
			return (this.host.contains(":") ? "[" + this.host + "]" : this.host) + ":" + this.port;
		}

	}

}
