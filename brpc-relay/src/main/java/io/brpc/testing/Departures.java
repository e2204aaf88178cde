package io.brpc.testing;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.UdpRelay.Direction;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams under way in a relay, by the time when they go on. Confined to the
 * relay's thread.
 */
final class Departures {

	private final PriorityQueue<Departure> queue = new PriorityQueue<>(
			Comparator.comparingLong(Departure::nanos).thenComparingLong(Departure::order));

	private long order;

	/**
	 * Adds a datagram. Those of the same time leave in the order in which they came.
	 * @param nanos when it goes on, {@link System#nanoTime()}
	 * @param direction which way
	 * @param flow whose it is
	 * @param datagram its bytes, not to be changed
	 */
	void add(long nanos, Direction direction, RelayFlow flow, byte[] datagram) {
		this.queue.add(new Departure(nanos, this.order++, direction, flow, datagram));
	}

	/**
	 * Returns how long nothing goes on.
	 * @return milliseconds, 0 if something does now
	 */
	long millisToNext() {
		Departure next = this.queue.peek();
		if (next == null) {
			return Long.MAX_VALUE;
		}
		long nanos = next.nanos() - System.nanoTime();
		return (nanos <= 0) ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
	}

	/**
	 * Takes what goes on.
	 * @param now {@link System#nanoTime()}
	 * @return the next datagram, or null if none is due
	 */
	@Nullable Departure poll(long now) {
		Departure next = this.queue.peek();
		return (next != null && next.nanos() <= now) ? this.queue.remove() : null;
	}

	/**
	 * A datagram under way.
	 *
	 * @param nanos when it goes on
	 * @param order breaks ties
	 * @param direction which way
	 * @param flow whose it is
	 * @param datagram its bytes
	 */
	record Departure(long nanos, long order, Direction direction, RelayFlow flow, byte[] datagram) {

	}

}
