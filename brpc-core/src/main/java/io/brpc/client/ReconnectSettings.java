package io.brpc.client;

import java.time.Duration;

/**
 * When a client that has lost its connection, or can't get one, tries again.
 * <p>
 * The delays grow by a factor of 1.6 with jitter. gRPC has a schedule of its own for
 * failed attempts (1 second, growing by 1.6 to 2 minutes); of the two delays the shorter
 * one counts.
 * <p>
 * Immutable.
 *
 * @param enabled whether to connect again when no call asks for it; without, the next
 * call does
 * @param initialBackoff the first delay; more than zero
 * @param maxBackoff the longest delay; at least the first one
 */
public record ReconnectSettings(boolean enabled, Duration initialBackoff, Duration maxBackoff) {

	private static final ReconnectSettings DEFAULTS = new ReconnectSettings(true, Duration.ofSeconds(1),
			Duration.ofMinutes(2));

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
	 * Returns the defaults: enabled, 1 second growing to 2 minutes.
	 * @return the defaults
	 */
	public static ReconnectSettings defaults() {
		return DEFAULTS;
	}

}
