package io.brpc.spring.boot.autoconfigure.observability;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * What became of the connections of one server or client of late: the last ones that
 * ended, or never came, and how many attempts have failed since there was one.
 * <p>
 * Guarded by {@code lock}.
 */
final class ConnectionHistory implements ConnectionListener {

	private static final int LENGTH = 20;

	private final Object lock = new Object();

	private final Clock clock;

	@GuardedBy("lock")
	private final Deque<End> ends = new ArrayDeque<>();

	@GuardedBy("lock")
	private int failedAttempts;

	ConnectionHistory(Clock clock) {
		this.clock = clock;
	}

	@Override
	public void connected(BrpcConnection connection) {
		synchronized (this.lock) {
			this.failedAttempts = 0;
		}
	}

	@Override
	public void disconnected(BrpcConnection connection, CloseReason reason) {
		synchronized (this.lock) {
			add(new End(this.clock.instant(), connection.id().toString(), connection.remoteAddress(), reason));
		}
	}

	@Override
	public void failed(InetSocketAddress remoteAddress, CloseReason reason) {
		synchronized (this.lock) {
			this.failedAttempts++;
			add(new End(this.clock.instant(), null, remoteAddress, reason));
		}
	}

	@GuardedBy("lock")
	private void add(End end) {
		if (this.ends.size() == LENGTH) {
			this.ends.removeLast();
		}
		this.ends.addFirst(end);
	}

	/**
	 * Returns how many attempts have failed since a connection was last ready.
	 * @return the number; of a server, of no meaning
	 */
	int failedAttempts() {
		synchronized (this.lock) {
			return this.failedAttempts;
		}
	}

	/**
	 * Returns the last ends.
	 * @return a snapshot, the newest first
	 */
	List<End> ends() {
		synchronized (this.lock) {
			return new ArrayList<>(this.ends);
		}
	}

	/**
	 * How one connection ended.
	 *
	 * @param at when
	 * @param id the connection's ID; null if it never was ready
	 * @param remoteAddress the other end
	 * @param reason how
	 */
	record End(Instant at, @Nullable String id, InetSocketAddress remoteAddress, CloseReason reason) {

	}

}
