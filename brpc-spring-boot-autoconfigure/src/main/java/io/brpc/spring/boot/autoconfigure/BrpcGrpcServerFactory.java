package io.brpc.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.util.List;

import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.grpc.ServerCredentials;

import org.springframework.grpc.server.DefaultGrpcServerFactory;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Makes the brpc server out of the services and customizers that Spring gRPC knows.
 * <p>
 * Not safe for use by several threads.
 */
public final class BrpcGrpcServerFactory extends DefaultGrpcServerFactory<BrpcServerBuilder> {

	private final InetSocketAddress address;

	private final ServerCredentials credentials;

	BrpcGrpcServerFactory(InetSocketAddress address, ServerCredentials credentials,
			List<ServerBuilderCustomizer<BrpcServerBuilder>> customizers) {
		super(address.toString(), customizers);
		this.address = address;
		this.credentials = credentials;
	}

	@Override
	protected BrpcServerBuilder newServerBuilder() {
		return BrpcServerBuilder.forAddress(this.address, this.credentials);
	}

	@Override
	public BrpcServer createServer() {
		return (BrpcServer) super.createServer();
	}

}
