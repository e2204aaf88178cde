package io.brpc;

import java.time.Duration;

/**
 * Bounds on the calls that a server makes to one of its clients, so that a client that
 * does not answer can't hold what belongs to others.
 * <p>
 * Immutable.
 *
 * @param defaultDeadline after which a unary callback without a deadline of its own ends
 * with {@code DEADLINE_EXCEEDED}; it never outlives the call in whose handler it is made.
 * A streaming callback has no default deadline, for it may be meant to last
 * @param maxConcurrentCallbacks how many callbacks to one client may be in flight; one
 * more ends at once with {@code RESOURCE_EXHAUSTED}
 */
public record CallbackLimits(Duration defaultDeadline, int maxConcurrentCallbacks) {

	private static final CallbackLimits DEFAULTS = new CallbackLimits(Duration.ofSeconds(30), 100);

	/**
	 * Checks the limits.
	 * @throws IllegalArgumentException if the deadline is not more than zero, or the
	 * number less than 1
	 */
	public CallbackLimits {
		if (defaultDeadline.isNegative() || defaultDeadline.isZero()) {
			throw new IllegalArgumentException("defaultDeadline is " + defaultDeadline + ", more than zero");
		}
		CallLimits.requirePositive("maxConcurrentCallbacks", maxConcurrentCallbacks);
	}

	/**
	 * Returns the defaults: 30 seconds, 100 callbacks in flight.
	 * @return the defaults
	 */
	public static CallbackLimits defaults() {
		return DEFAULTS;
	}

}
