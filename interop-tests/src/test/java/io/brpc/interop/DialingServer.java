package io.brpc.interop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClient;
import io.grpc.ConnectivityState;
import io.grpc.Server;

/**
 * A client as gRPC's suite wants a server: it serves while it is connected. Immutable.
 */
final class DialingServer extends Server {

	private final BrpcClient client;

	DialingServer(BrpcClient client) {
		this.client = client;
	}

	BrpcClient client() {
		return this.client;
	}

	@Override
	public Server start() {
		this.client.start();
		return this;
	}

	@Override
	public Server shutdown() {
		this.client.shutdown();
		return this;
	}

	@Override
	public Server shutdownNow() {
		this.client.shutdownNow();
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
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.client.awaitTermination(Duration.ofNanos(unit.toNanos(timeout)));
	}

	@Override
	public void awaitTermination() throws InterruptedException {
		this.client.awaitTermination(Duration.ofDays(1));
	}

}
