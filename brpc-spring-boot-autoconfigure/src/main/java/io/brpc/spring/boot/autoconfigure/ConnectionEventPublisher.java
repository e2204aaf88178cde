package io.brpc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes connections that come and go as application events. A client may connect
 * while beans are still being made; its events wait until all listeners are there. It
 * starts before server and clients do and stops after them, so it publishes the last of
 * their events, too.
 * <p>
 * Guarded by {@code lock}.
 */
final class ConnectionEventPublisher implements SmartLifecycle {

	private enum State {

		WAITING, PUBLISHING, STOPPED

	}

	private final Object lock = new Object();

	private final ApplicationEventPublisher events;

	@GuardedBy("lock")
	private final List<BrpcConnectionEvent> waiting = new ArrayList<>();

	@GuardedBy("lock")
	private State state = State.WAITING;

	ConnectionEventPublisher(ApplicationEventPublisher events) {
		this.events = events;
	}

	/**
	 * Makes a listener that publishes what it is told.
	 * @param connectionName the name of the client's connection; null for the server
	 * @return the listener
	 */
	ConnectionListener listener(@Nullable String connectionName) {
		return new ConnectionListener() {
			@Override
			public void connected(BrpcConnection connection) {
				publish(new BrpcConnectionEstablishedEvent(connection, connectionName));
			}

			@Override
			public void disconnected(BrpcConnection connection, CloseReason reason) {
				publish(new BrpcConnectionClosedEvent(connection, connectionName, reason));
			}
		};
	}

	private void publish(BrpcConnectionEvent event) {
		synchronized (this.lock) {
			if (this.state == State.WAITING) {
				this.waiting.add(event);
			}
			if (this.state != State.PUBLISHING) {
				return;
			}
		}
		this.events.publishEvent(event);
	}

	/**
	 * Publishes what has waited. What comes meanwhile waits behind it, or a connection's
	 * end could be published before its beginning.
	 */
	@Override
	public void start() {
		List<BrpcConnectionEvent> batch = nextBatch();
		while (!batch.isEmpty()) {
			batch.forEach(this.events::publishEvent);
			batch = nextBatch();
		}
	}

	private List<BrpcConnectionEvent> nextBatch() {
		synchronized (this.lock) {
			List<BrpcConnectionEvent> batch = List.copyOf(this.waiting);
			this.waiting.clear();
			if (batch.isEmpty()) {
				this.state = State.PUBLISHING;
			}
			return batch;
		}
	}

	@Override
	public void stop() {
		synchronized (this.lock) {
			this.state = State.STOPPED;
		}
	}

	@Override
	public boolean isRunning() {
		synchronized (this.lock) {
			return this.state == State.PUBLISHING;
		}
	}

	/**
	 * Returns that connections outlive a pause, which test contexts go through.
	 * @return false
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return BrpcServerLifecycle.PHASE - 1;
	}

}
