package io.brpc.interop;

import io.grpc.ManagedChannel;

/**
 * gRPC's interop suite in reverse, when the dialing side has lost its connection and got
 * another one.
 */
public class ReconnectedReverseInteropTests extends ReverseInteropTests {

	@Override
	protected ManagedChannel createChannel() {
		Reconnects.force(dialer().client());
		return super.createChannel();
	}

}
