package io.brpc.internal.connection;

import java.io.Serial;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.grpc.Attributes;
import io.grpc.Grpc;
import org.jspecify.annotations.Nullable;

/**
 * The other end's address, with the connection that it is the other end of. gRPC shows it
 * in every transport's and call's attributes, which is how the connection of a call is
 * known without believing what the call says of itself.
 * <p>
 * Immutable. Equal to any {@link InetSocketAddress} of the same address and port.
 */
final class PeerAddress extends InetSocketAddress {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Connection connection;

	PeerAddress(InetSocketAddress address, Connection connection) {
		super(address.getAddress(), address.getPort());
		this.connection = connection;
	}

	/**
	 * Returns the connection of a transport or call.
	 * @param attributes the transport's or call's attributes
	 * @return the connection, or null if it is not one of ours
	 */
	static @Nullable Connection connectionOf(Attributes attributes) {
		SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
		return (remote instanceof PeerAddress address) ? address.connection : null;
	}

}
