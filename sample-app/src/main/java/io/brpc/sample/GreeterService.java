package io.brpc.sample;

import io.brpc.ClientStub;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.sample.proto.GreetRequest;
import io.brpc.sample.proto.GreetResponse;
import io.brpc.sample.proto.GreeterGrpc;
import io.brpc.sample.proto.NameRequest;
import io.brpc.sample.proto.NamerGrpc.NamerBlockingStub;
import io.grpc.stub.StreamObserver;

import org.springframework.context.annotation.Profile;
import org.springframework.grpc.server.service.GrpcService;

/**
 * Served by the server. Asks the client that is calling for its name.
 */
@GrpcService
@Profile("server & !identity")
class GreeterService extends GreeterGrpc.GreeterImplBase {

	private final ClientStub<NamerBlockingStub> namer;

	private final ConnectionRegistry connections;

	GreeterService(ClientStub<NamerBlockingStub> namer, ConnectionRegistry connections) {
		this.namer = namer;
		this.connections = connections;
	}

	@Override
	public void greet(GreetRequest request, StreamObserver<GreetResponse> responses) {
		String name = this.namer.get().name(NameRequest.getDefaultInstance()).getName();
		ConnectionId id = this.connections.current().orElseThrow().id();
		responses
			.onNext(GreetResponse.newBuilder().setGreeting("Hello " + name).setConnectionId(id.toString()).build());
		responses.onCompleted();
	}

}
