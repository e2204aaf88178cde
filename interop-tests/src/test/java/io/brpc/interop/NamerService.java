package io.brpc.interop;

import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NameResponse;
import io.brpc.testing.proto.NamerGrpc;
import io.grpc.stub.StreamObserver;

/**
 * Tells its name. Immutable.
 */
final class NamerService extends NamerGrpc.NamerImplBase {

	private final String name;

	NamerService(String name) {
		this.name = name;
	}

	@Override
	public void name(NameRequest request, StreamObserver<NameResponse> responses) {
		responses.onNext(NameResponse.newBuilder().setName(this.name).build());
		responses.onCompleted();
	}

}
