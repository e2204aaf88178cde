package io.brpc.sample;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionRegistry;
import io.brpc.sample.proto.GreetRequest;
import io.brpc.sample.proto.GreetResponse;
import io.brpc.sample.proto.GreeterGrpc;
import io.grpc.stub.StreamObserver;

import org.springframework.context.annotation.Profile;
import org.springframework.grpc.server.service.GrpcService;

/**
 * Served by a server with the profile {@code identity}. Greets by what the client's
 * certificate says, not by what the client says.
 */
@GrpcService
@Profile("server & identity")
class IdentityGreeterService extends GreeterGrpc.GreeterImplBase {

	private final ConnectionRegistry connections;

	IdentityGreeterService(ConnectionRegistry connections) {
		this.connections = connections;
	}

	@Override
	public void greet(GreetRequest request, StreamObserver<GreetResponse> responses) {
		BrpcConnection connection = this.connections.current().orElseThrow();
		String name = connection.principal().orElseThrow().getName();
		responses.onNext(GreetResponse.newBuilder()
			.setGreeting("Hello " + name)
			.setConnectionId(connection.id().toString())
			.build());
		responses.onCompleted();
	}

}
