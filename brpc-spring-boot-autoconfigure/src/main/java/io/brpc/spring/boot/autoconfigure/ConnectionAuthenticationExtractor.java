package io.brpc.spring.boot.autoconfigure;

import java.util.Optional;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.grpc.server.security.GrpcAuthenticationExtractor;
import org.springframework.grpc.server.security.GrpcSecurity;
import org.springframework.security.config.Customizer;
import org.springframework.security.core.Authentication;
import org.springframework.util.function.SingletonSupplier;

/**
 * Authenticates a call by its connection: whoever the other end was found to be when the
 * connection was set up, it is in each of its calls. To be used as
 * {@code connections.customize(grpcSecurity)}, after the mechanisms whose credentials in
 * a call's metadata are to come first.
 * <p>
 * A principal that is an authenticated {@link Authentication}, which a
 * {@link io.brpc.ConnectionAuthenticator} may return, is taken as it is, with its
 * authorities. Any other one, such as the subject of a certificate, is authenticated and
 * has no authorities. A call over TCP, or over a connection without a principal, is not
 * authenticated by this.
 * <p>
 * Immutable.
 */
public final class ConnectionAuthenticationExtractor implements GrpcAuthenticationExtractor, Customizer<GrpcSecurity> {

	private final SingletonSupplier<ConnectionRegistry> server;

	private final SingletonSupplier<BrpcClients> clients;

	ConnectionAuthenticationExtractor(ObjectProvider<ConnectionRegistry> server, ObjectProvider<BrpcClients> clients) {
		// They are made of what they are secured with, so they are looked for when a call
		// comes.
		this.server = SingletonSupplier.ofNullable(server::getIfAvailable);
		this.clients = SingletonSupplier.ofNullable(clients::getIfAvailable);
	}

	/**
	 * Adds this extractor to an application's security, with what authenticates what it
	 * extracts.
	 * @param security the security
	 */
	@Override
	public void customize(GrpcSecurity security) {
		security.authenticationExtractor(this).authenticationProvider(new ConnectionAuthenticationProvider());
	}

	/**
	 * Extracts the principal of the connection that the current call came over.
	 */
	@Override
	public @Nullable Authentication extract(Metadata headers, Attributes attributes, MethodDescriptor<?, ?> method) {
		return callingConnection()
			.flatMap((connection) -> connection.principal()
				.map((principal) -> ConnectionAuthenticationToken.unauthenticated(principal, connection.id())))
			.orElse(null);
	}

	private Optional<BrpcConnection> callingConnection() {
		ConnectionRegistry server = this.server.get();
		Optional<BrpcConnection> client = (server != null) ? server.current() : Optional.empty();
		return client.or(this::callingServer);
	}

	private Optional<BrpcConnection> callingServer() {
		BrpcClients clients = this.clients.get();
		return (clients != null)
				? clients.made().stream().map(BrpcClient::callingConnection).flatMap(Optional::stream).findFirst()
				: Optional.empty();
	}

}
