package io.brpc.sample;

import io.brpc.sample.proto.NameRequest;
import io.brpc.sample.proto.NameResponse;
import io.brpc.sample.proto.NamerGrpc;
import io.brpc.spring.boot.autoconfigure.BrpcClientService;
import io.grpc.stub.StreamObserver;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;

/**
 * Served by the client, on the connection that it has made.
 */
@BrpcClientService
@Profile("client")
class NamerService extends NamerGrpc.NamerImplBase {

	private final String name;

	NamerService(@Value("${sample.name}") String name) {
		this.name = name;
	}

	@Override
	public void name(NameRequest request, StreamObserver<NameResponse> responses) {
		responses.onNext(NameResponse.newBuilder().setName(this.name).build());
		responses.onCompleted();
	}

}
