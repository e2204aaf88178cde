package io.brpc.sample.fleet;

import io.brpc.ConnectionRegistry;
import io.brpc.sample.proto.JoinRequest;
import io.brpc.sample.proto.JoinResponse;
import io.brpc.sample.proto.RosterGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import org.springframework.context.annotation.Profile;
import org.springframework.grpc.server.service.GrpcService;

/**
 * Served by the server. Puts the client that is calling into a group.
 */
@GrpcService
@Profile("server & fleet")
class RosterService extends RosterGrpc.RosterImplBase {

	private static final int LONGEST = 64;

	private final ConnectionRegistry connections;

	RosterService(ConnectionRegistry connections) {
		this.connections = connections;
	}

	@Override
	public void join(JoinRequest request, StreamObserver<JoinResponse> responses) {
		if (!isPrintable(request.getName()) || !isPrintable(request.getGroup())) {
			responses.onError(Status.INVALID_ARGUMENT
				.withDescription(
						"name and group have 1 to " + LONGEST + " characters each, none of them a control character")
				.asRuntimeException());
			return;
		}
		Member.join(this.connections.current().orElseThrow(), request.getName(), request.getGroup());
		responses.onNext(JoinResponse.getDefaultInstance());
		responses.onCompleted();
	}

	private static boolean isPrintable(String text) {
		return !text.isBlank() && text.length() <= LONGEST && text.chars().noneMatch(Character::isISOControl);
	}

}
