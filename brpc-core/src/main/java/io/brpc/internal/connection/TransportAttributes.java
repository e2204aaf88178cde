package io.brpc.internal.connection;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.ServerTransportFilter;

/**
 * Tells calls what gRPC can't see through a stream: the TLS session of the QUIC
 * connection, and that it keeps calls private and whole. Not instantiable.
 */
final class TransportAttributes {

	private TransportAttributes() {
	}

	/**
	 * Returns the filter of a serving end.
	 * @return a filter that keeps no state
	 */
	static ServerTransportFilter serving() {
		return new ServerTransportFilter() {
			@Override
			public Attributes transportReady(Attributes attributes) {
				return withTls(attributes);
			}
		};
	}

	/**
	 * Returns the filter of a calling end, without which credentials that want privacy
	 * refuse to be sent.
	 * @return a filter that keeps no state
	 */
	static ClientTransportFilter calling() {
		return new ClientTransportFilter() {
			@Override
			public Attributes transportReady(Attributes attributes) {
				return withTls(attributes);
			}
		};
	}

	private static Attributes withTls(Attributes attributes) {
		Connection connection = PeerAddress.connectionOf(attributes);
		if (connection == null) {
			return attributes;
		}
		Attributes.Builder builder = attributes.toBuilder()
			.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, connection.sslSession());
		secure(attributes, builder);
		return builder.build();
	}

	// The security level's key is internal to gRPC. The only public way to it is to look
	// for the attribute whose value is a security level.
	@SuppressWarnings({ "deprecation", "unchecked" })
	private static void secure(Attributes attributes, Attributes.Builder builder) {
		for (Attributes.Key<?> key : attributes.keys()) {
			if (attributes.get(key) instanceof SecurityLevel) {
				builder.set((Attributes.Key<SecurityLevel>) key, SecurityLevel.PRIVACY_AND_INTEGRITY);
			}
		}
	}

}
