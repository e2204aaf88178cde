package io.brpc.spring.boot.autoconfigure.observability;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionStats;
import io.brpc.Wire;

/**
 * What the connections of one server or client have measured: of each that lives its last
 * figures, and of all that ever lived the sums. A sum grows with every sample by what is
 * new, so it never falls when a connection goes.
 * <p>
 * Safe for use by any thread.
 */
final class ConnectionFigures {

	private final Map<BrpcConnection, Optional<ConnectionStats>> live = new ConcurrentHashMap<>();

	private final Map<Sum, LongAdder> sums = new ConcurrentHashMap<>();

	/**
	 * Begins with a connection.
	 * @param connection the connection
	 */
	void begin(BrpcConnection connection) {
		this.live.put(connection, Optional.empty());
	}

	/**
	 * Takes the figures of a connection. Of one that has ended, does nothing.
	 * @param connection the connection
	 * @param stats its figures now
	 */
	void update(BrpcConnection connection, ConnectionStats stats) {
		this.live.computeIfPresent(connection, (key, last) -> {
			add(last, stats);
			return Optional.of(stats);
		});
	}

	/**
	 * Ends with a connection. Its last figures come when they come.
	 * @param connection the connection
	 */
	void end(BrpcConnection connection) {
		Optional<ConnectionStats> last = this.live.remove(connection);
		if (last != null) {
			ask(connection).thenAccept((stats) -> add(last, stats));
		}
	}

	/**
	 * Asks a connection for its figures.
	 * @param connection the connection
	 * @return completes on an event loop; exceptionally if there are none any more
	 */
	static CompletableFuture<ConnectionStats> ask(BrpcConnection connection) {
		try {
			return connection.stats().toCompletableFuture();
		}
		catch (RejectedExecutionException ex) {
			// Its event loop has ended.
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void add(Optional<ConnectionStats> last, ConnectionStats now) {
		for (Sum sum : Sum.values()) {
			long more = sum.figure.applyAsLong(now) - last.map(sum.figure::applyAsLong).orElse(0L);
			if (more > 0) {
				this.sums.computeIfAbsent(sum, (key) -> new LongAdder()).add(more);
			}
		}
	}

	List<BrpcConnection> connections() {
		return List.copyOf(this.live.keySet());
	}

	int count() {
		return this.live.size();
	}

	/**
	 * Returns how many live connections speak a wire.
	 * @param wire the wire
	 * @return the number
	 */
	int count(Wire wire) {
		return (int) this.live.keySet().stream().filter((connection) -> connection.wire() == wire).count();
	}

	/**
	 * Returns what was measured since the beginning.
	 * @param sum what
	 * @return the sum over all connections, also those that have gone
	 */
	long total(Sum sum) {
		LongAdder total = this.sums.get(sum);
		return (total != null) ? total.sum() : 0;
	}

	/**
	 * Returns what is now, as of the last sample.
	 * @param figure what
	 * @return the sum over the connections that live
	 */
	long now(ToLongFunction<ConnectionStats> figure) {
		return this.live.values().stream().flatMap(Optional::stream).mapToLong(figure).sum();
	}

	/**
	 * Figures that only grow.
	 */
	enum Sum {

		/**
		 * QUIC packets sent.
		 */
		PACKETS_SENT(ConnectionStats::packetsSent),

		/**
		 * QUIC packets received.
		 */
		PACKETS_RECEIVED(ConnectionStats::packetsReceived),

		/**
		 * QUIC packets lost.
		 */
		PACKETS_LOST(ConnectionStats::packetsLost),

		/**
		 * Bytes sent.
		 */
		BYTES_SENT(ConnectionStats::bytesSent),

		/**
		 * Bytes received.
		 */
		BYTES_RECEIVED(ConnectionStats::bytesReceived);

		// Only accessors of a record are passed.
		@SuppressWarnings("ImmutableEnumChecker")
		private final ToLongFunction<ConnectionStats> figure;

		Sum(ToLongFunction<ConnectionStats> figure) {
			this.figure = figure;
		}

	}

}
