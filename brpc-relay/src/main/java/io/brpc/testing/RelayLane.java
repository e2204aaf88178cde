package io.brpc.testing;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.brpc.testing.UdpRelay.Direction;

/**
 * One direction of a relay: what happens to its datagrams. Confined to the relay's
 * thread, but for the rules and the figures, which any thread may set and ask.
 */
final class RelayLane {

	/**
	 * How much may wait for a rate limit, bytes; what comes beyond is lost, as in a
	 * router.
	 */
	private static final int MAX_QUEUED_BYTES = 256 << 10;

	private final AtomicLong received = new AtomicLong();

	private final AtomicLong lost = new AtomicLong();

	private final AtomicInteger largest = new AtomicInteger();

	private final Direction direction;

	private final Random random;

	private final Departures departures;

	private volatile RelayRules rules = RelayRules.NONE;

	private long freeAtNanos = System.nanoTime();

	RelayLane(Direction direction, Random random, Departures departures) {
		this.direction = direction;
		this.random = random;
		this.departures = departures;
	}

	void rules(RelayRules rules) {
		this.rules = rules;
	}

	long received() {
		return this.received.get();
	}

	long lost() {
		return this.lost.get();
	}

	int largest() {
		return this.largest.get();
	}

	/**
	 * A datagram has arrived, and meets its fate.
	 * @param flow whose it is
	 * @param datagram its bytes, which are copied if it goes on
	 */
	void arrived(RelayFlow flow, ByteBuffer datagram) {
		RelayRules rules = this.rules;
		long index = this.received.getAndIncrement();
		boolean lost = this.random.nextDouble() < rules.loss();
		boolean doubled = this.random.nextDouble() < rules.duplicates();
		if (lost || rules.drop(index, datagram.remaining())) {
			this.lost.incrementAndGet();
			return;
		}
		byte[] bytes = new byte[datagram.remaining()];
		datagram.get(bytes);
		this.largest.accumulateAndGet(bytes.length, Math::max);
		send(rules, flow, bytes);
		if (doubled) {
			send(rules, flow, bytes);
		}
	}

	private void send(RelayRules rules, RelayFlow flow, byte[] datagram) {
		long now = System.nanoTime();
		long start = now;
		if (rules.bytesPerSecond() > 0) {
			start = Math.max(now, this.freeAtNanos);
			double queued = (double) (start - now) * rules.bytesPerSecond() / TimeUnit.SECONDS.toNanos(1);
			if (queued > MAX_QUEUED_BYTES) {
				this.lost.incrementAndGet();
				return;
			}
			this.freeAtNanos = start + datagram.length * TimeUnit.SECONDS.toNanos(1) / rules.bytesPerSecond();
		}
		this.departures.add(start + rules.delayNanos(this.random), this.direction, flow, datagram);
	}

}
