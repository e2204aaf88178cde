package io.brpc.testing;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongPredicate;

/**
 * What a {@link UdpRelay} does to the datagrams of one direction.
 * <p>
 * Immutable.
 *
 * @param loss the share that is lost, 0 to 1
 * @param duplicates the share that arrives twice, 0 to 1
 * @param reordering the share that is overtaken by those behind it, 0 to 1
 * @param delay how long each one takes
 * @param jitter by how much more or less than the delay it may take, evenly spread; more
 * than the gap between two datagrams reorders them
 * @param bytesPerSecond how many bytes get through; zero for no limit
 * @param maxSize larger ones are lost, bytes, as by a path's MTU of which nobody is told;
 * zero for no limit
 * @param blackhole whether nothing gets through
 * @param drops which ones are lost, told by how many came before them in their direction
 */
public record RelayRules(double loss, double duplicates, double reordering, Duration delay, Duration jitter,
		long bytesPerSecond, int maxSize, boolean blackhole, LongPredicate drops) {

	/**
	 * Each datagram arrives once, at once, and in its place.
	 */
	public static final RelayRules NONE = new RelayRules(0, 0, 0, Duration.ZERO, Duration.ZERO, 0, 0, false,
			(index) -> false);

	/**
	 * How long one that is overtaken is held back.
	 */
	private static final long OVERTAKEN_NANOS = Duration.ofMillis(5).toNanos();

	/**
	 * Checks the rules.
	 * @throws IllegalArgumentException if a share is not from 0 to 1, a duration, the
	 * rate or the size is negative, or the jitter is more than the delay
	 */
	public RelayRules {
		requireShare("loss", loss);
		requireShare("duplicates", duplicates);
		requireShare("reordering", reordering);
		if (delay.isNegative() || jitter.isNegative() || jitter.compareTo(delay) > 0) {
			throw new IllegalArgumentException("delay is " + delay + ", jitter " + jitter + ", from zero to the delay");
		}
		if (bytesPerSecond < 0) {
			throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + ", zero or more");
		}
		if (maxSize < 0) {
			throw new IllegalArgumentException("maxSize is " + maxSize + ", zero or more");
		}
		Objects.requireNonNull(drops, "drops");
	}

	/**
	 * Returns rules with another share that is lost.
	 * @param loss 0 to 1
	 * @return the same rules but for that
	 */
	public RelayRules withLoss(double loss) {
		return new RelayRules(loss, this.duplicates, this.reordering, this.delay, this.jitter, this.bytesPerSecond,
				this.maxSize, this.blackhole, this.drops);
	}

	/**
	 * Returns rules with another share that arrives twice.
	 * @param duplicates 0 to 1
	 * @return the same rules but for that
	 */
	public RelayRules withDuplicates(double duplicates) {
		return new RelayRules(this.loss, duplicates, this.reordering, this.delay, this.jitter, this.bytesPerSecond,
				this.maxSize, this.blackhole, this.drops);
	}

	/**
	 * Returns rules with another share that is overtaken.
	 * @param reordering 0 to 1
	 * @return the same rules but for that
	 */
	public RelayRules withReordering(double reordering) {
		return new RelayRules(this.loss, this.duplicates, reordering, this.delay, this.jitter, this.bytesPerSecond,
				this.maxSize, this.blackhole, this.drops);
	}

	/**
	 * Returns rules with another delay.
	 * @param delay how long each datagram takes
	 * @param jitter by how much more or less, the delay at most
	 * @return the same rules but for that
	 */
	public RelayRules withDelay(Duration delay, Duration jitter) {
		return new RelayRules(this.loss, this.duplicates, this.reordering, delay, jitter, this.bytesPerSecond,
				this.maxSize, this.blackhole, this.drops);
	}

	/**
	 * Returns rules with another rate.
	 * @param bytesPerSecond how many bytes get through; zero for no limit
	 * @return the same rules but for that
	 */
	public RelayRules withRate(long bytesPerSecond) {
		return new RelayRules(this.loss, this.duplicates, this.reordering, this.delay, this.jitter, bytesPerSecond,
				this.maxSize, this.blackhole, this.drops);
	}

	/**
	 * Returns rules with another limit on the size of datagrams.
	 * @param maxSize larger ones are lost, bytes; zero for no limit
	 * @return the same rules but for that
	 */
	public RelayRules withMaxSize(int maxSize) {
		return new RelayRules(this.loss, this.duplicates, this.reordering, this.delay, this.jitter, this.bytesPerSecond,
				maxSize, this.blackhole, this.drops);
	}

	/**
	 * Tells whether a datagram is lost for certain.
	 * @param index how many came before it in its direction
	 * @param size its size, bytes
	 * @return whether it is
	 */
	boolean drop(long index, int size) {
		return this.blackhole || (this.maxSize > 0 && size > this.maxSize) || this.drops.test(index);
	}

	/**
	 * Returns rules by which nothing gets through, or what the others let through.
	 * @param blackhole whether nothing gets through
	 * @return the same rules but for that
	 */
	public RelayRules withBlackhole(boolean blackhole) {
		return new RelayRules(this.loss, this.duplicates, this.reordering, this.delay, this.jitter, this.bytesPerSecond,
				this.maxSize, blackhole, this.drops);
	}

	/**
	 * Returns rules with other datagrams that are lost for certain.
	 * @param drops which ones, told by how many came before them in their direction
	 * @return the same rules but for that
	 */
	public RelayRules withDrops(LongPredicate drops) {
		return new RelayRules(this.loss, this.duplicates, this.reordering, this.delay, this.jitter, this.bytesPerSecond,
				this.maxSize, this.blackhole, drops);
	}

	/**
	 * Draws how long one datagram takes.
	 * @param random where chance comes from
	 * @return nanoseconds
	 */
	long delayNanos(Random random) {
		long nanos = this.delay.toNanos() + (long) (this.jitter.toNanos() * (2 * random.nextDouble() - 1));
		return (random.nextDouble() < this.reordering) ? nanos + OVERTAKEN_NANOS : nanos;
	}

	private static void requireShare(String name, double share) {
		if (!(share >= 0 && share <= 1)) {
			throw new IllegalArgumentException(name + " is " + share + ", 0 to 1");
		}
	}

}
