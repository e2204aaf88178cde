package io.brpc.client;

import java.time.Duration;

/**
 * When a client that has lost its connection, or can't get one, tries again.
 * <p>
 * The delays grow by a factor of 1.6 with jitter. gRPC has a schedule of its own for
 * failed attempts (1 second, growing by 1.6 to 2 minutes); of the two delays the shorter
 * one counts.
 * <p>
 * A client that is told that it was replaced ({@link io.brpc.CloseCode#REPLACED}) does
 * not dial for ten times the first delay, not even for a call; twice as long when it
 * happens again, up to the longest delay. Otherwise two clients of the same identity
 * would replace each other without end.
 * <p>
 * Immutable.
 *
 * @param enabled whether to connect again when no call asks for it; without, the next
 * call does
 * @param initialBackoff the first delay; more than zero
 * @param maxBackoff the longest delay; at least the first one
 */
public record ReconnectSettings(boolean enabled, Duration initialBackoff, Duration maxBackoff) {

	private static final int HOLD_FACTOR = 10;

	private static final ReconnectSettings DEFAULTS = new ReconnectSettings(true, Duration.ofSeconds(1),
			Duration.ofMinutes(2));

	/**
	 * Checks the delays.
	 * @throws IllegalArgumentException if the first one is not more than zero, or the
	 * longest one is shorter
	 */
	public ReconnectSettings {
		if (initialBackoff.isNegative() || initialBackoff.isZero()) {
			throw new IllegalArgumentException("initialBackoff is " + initialBackoff + ", more than zero");
		}
		if (maxBackoff.compareTo(initialBackoff) < 0) {
			throw new IllegalArgumentException(
					"maxBackoff is " + maxBackoff + ", less than initialBackoff, which is " + initialBackoff);
		}
	}

	/**
	 * Returns how long not to dial after the server has replaced the connection.
	 * @return ten times the first delay, or the longest one if that is less
	 */
	Duration firstHold() {
		Duration hold = this.initialBackoff.multipliedBy(HOLD_FACTOR);
		return (hold.compareTo(this.maxBackoff) < 0) ? hold : this.maxBackoff;
	}

	/**
	 * Returns the defaults: enabled, 1 second growing to 2 minutes.
	 * @return the defaults
	 */
	public static ReconnectSettings defaults() {
		return DEFAULTS;
	}

}
