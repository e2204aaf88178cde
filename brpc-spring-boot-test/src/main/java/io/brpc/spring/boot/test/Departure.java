package io.brpc.spring.boot.test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionRegistry;

/**
 * Waits until a server knows that a connection is gone. Safe for use by any thread.
 */
final class Departure implements ConnectionListener {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CountDownLatch gone = new CountDownLatch(1);

	private final ConnectionId id;

	private final ConnectionRegistry server;

	private Departure(ConnectionId id, ConnectionRegistry server) {
		this.id = id;
		this.server = server;
	}

	/**
	 * Begins to listen, before the connection is closed.
	 * @param id the connection's ID
	 * @param server where it is
	 * @return what waits
	 */
	static Departure of(ConnectionId id, ConnectionRegistry server) {
		Departure departure = new Departure(id, server);
		server.addListener(departure);
		if (server.find(id).isEmpty()) {
			departure.gone.countDown();
		}
		return departure;
	}

	@Override
	public void disconnected(BrpcConnection connection, CloseReason reason) {
		if (connection.id().equals(this.id)) {
			this.gone.countDown();
		}
	}

	/**
	 * Waits.
	 * @throws IllegalStateException if the server still has the connection after 30 s,
	 * which it has if the client is cut off
	 */
	void await() {
		try {
			if (!this.gone.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("the server still has connection " + this.id + " after " + LIMIT);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.server.removeListener(this);
		}
	}

}
