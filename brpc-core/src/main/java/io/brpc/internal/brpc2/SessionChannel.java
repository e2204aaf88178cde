package io.brpc.internal.brpc2;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * The way to the peer. Safe for use by any thread.
 */
final class SessionChannel extends Channel {

	private final CallSession session;

	SessionChannel(CallSession session) {
		this.session = session;
	}

	@Override
	public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
		return new SessionCall<>(this.session, method, options);
	}

	@Override
	public String authority() {
		return this.session.owner().authority();
	}

}
