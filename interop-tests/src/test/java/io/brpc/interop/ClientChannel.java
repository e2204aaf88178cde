package io.brpc.interop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClient;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * A client as gRPC's suite wants it: its forward calls, and its end. Immutable.
 */
final class ClientChannel extends ManagedChannel {

	private final BrpcClient client;

	private final Channel calls;

	ClientChannel(BrpcClient client) {
		this.client = client;
		this.calls = client.channel();
	}

	BrpcClient client() {
		return this.client;
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		return this.calls.newCall(method, options);
	}

	@Override
	public String authority() {
		return this.calls.authority();
	}

	@Override
	public ManagedChannel shutdown() {
		this.client.shutdown();
		return this;
	}

	@Override
	public boolean isShutdown() {
		return this.client.state() == ConnectivityState.SHUTDOWN;
	}

	@Override
	public boolean isTerminated() {
		return this.client.isTerminated();
	}

	@Override
	public ManagedChannel shutdownNow() {
		this.client.shutdownNow();
		return this;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.client.awaitTermination(Duration.ofNanos(unit.toNanos(timeout)));
	}

}
