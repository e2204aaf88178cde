package io.brpc.interop;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.server.BrpcServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * A server as gRPC's suite wants a client: its callbacks on one connection, and its end.
 * Immutable.
 */
final class ListenerChannel extends ManagedChannel {

	private final BrpcServer server;

	private final Channel calls;

	ListenerChannel(BrpcServer server, BrpcConnection connection, List<ClientInterceptor> interceptors) {
		this.server = server;
		this.calls = ClientInterceptors.intercept(connection.channel(), interceptors);
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
		this.server.shutdown();
		return this;
	}

	@Override
	public boolean isShutdown() {
		return this.server.isShutdown();
	}

	@Override
	public boolean isTerminated() {
		return this.server.isTerminated();
	}

	@Override
	public ManagedChannel shutdownNow() {
		this.server.shutdownNow();
		return this;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.server.awaitTermination(timeout, unit);
	}

}
