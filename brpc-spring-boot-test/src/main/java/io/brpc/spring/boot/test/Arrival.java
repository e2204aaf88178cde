package io.brpc.spring.boot.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.grpc.ConnectivityState;
import io.grpc.Status;

/**
 * Waits for a client's first connection, until both ends have it. Safe for use by any
 * thread.
 */
final class Arrival implements ConnectionListener {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final long POLL_MILLIS = 10;

	private final CompletableFuture<ConnectionId> connected = new CompletableFuture<>();

	@Override
	public void connected(BrpcConnection connection) {
		this.connected.complete(connection.id());
	}

	/**
	 * Waits.
	 * @param client the client, which connects
	 * @param server where its connection is going to be
	 * @throws io.grpc.StatusRuntimeException if there is none, with the reason
	 */
	void await(BrpcClient client, ConnectionRegistry server) {
		long deadline = System.nanoTime() + LIMIT.toNanos();
		while (!arrived(server)) {
			if (client.state() == ConnectivityState.TRANSIENT_FAILURE) {
				throw FailureProbe.of(client.channel()).asRuntimeException();
			}
			if (System.nanoTime() - deadline > 0) {
				throw Status.DEADLINE_EXCEEDED.withDescription("no connection within " + LIMIT).asRuntimeException();
			}
		}
	}

	private boolean arrived(ConnectionRegistry server) {
		try {
			ConnectionId id = this.connected.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
			if (server.find(id).isPresent()) {
				return true;
			}
			TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
			return false;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("never completes exceptionally", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw Status.CANCELLED.withDescription("interrupted while connecting").asRuntimeException();
		}
	}

}
