package io.brpc.interop;

import io.grpc.ManagedChannel;

/**
 * gRPC's interop suite on a channel that has lost its connection and got another one.
 */
public class ReconnectedForwardInteropTests extends ForwardInteropTests {

	@Override
	protected ManagedChannel createChannel() {
		ClientChannel channel = (ClientChannel) super.createChannel();
		Reconnects.force(channel.client());
		return channel;
	}

}
