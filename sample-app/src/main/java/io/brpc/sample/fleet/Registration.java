package io.brpc.sample.fleet;

import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionListener;
import io.brpc.sample.proto.JoinRequest;
import io.brpc.sample.proto.RosterGrpc;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the server who this client is, on every connection anew: a client that was lost
 * and came back is a new connection, which is in no group yet. The call waits for the
 * channel, which learns of a connection a moment after the listener and would else end
 * with the failure of the attempt before. Immutable.
 *
 * @param name the client's name
 * @param group the group that it joins
 */
record Registration(String name, String group) implements ConnectionListener {

	private static final Logger logger = LoggerFactory.getLogger(Registration.class);

	@Override
	public void connected(BrpcConnection connection) {
		try {
			RosterGrpc.newBlockingStub(connection.channel())
				.withWaitForReady()
				.withDeadlineAfter(10, TimeUnit.SECONDS)
				.join(JoinRequest.newBuilder().setName(this.name).setGroup(this.group).build());
		}
		catch (StatusRuntimeException ex) {
			logger.warn("{} can't join: {}", this.name, ex.getStatus());
		}
	}

}
