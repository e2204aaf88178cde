package io.brpc;

/**
 * Bounds on the calls that the other end of one connection makes to this end.
 * <p>
 * Immutable.
 *
 * @param maxConcurrentCalls how many calls may be in flight; the caller's gRPC waits with
 * more (HTTP/2 SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113, section 6.5.2)
 * @param maxResetsPerSecond how many calls may be cancelled per second; a peer that
 * cancels more is told to calm down and loses its connection (RFC 9113, section 10.5)
 * @param maxDepth how many calls may be nested in each other, each made by the handler of
 * the one before, in either direction; one more ends with {@code RESOURCE_EXHAUSTED} and
 * the names of all of them
 */
public record CallLimits(int maxConcurrentCalls, int maxResetsPerSecond, int maxDepth) {

	private static final CallLimits DEFAULTS = new CallLimits(1000, 1000, 8);

	/**
	 * Checks the limits.
	 * @throws IllegalArgumentException if one is less than 1
	 */
	public CallLimits {
		requirePositive("maxConcurrentCalls", maxConcurrentCalls);
		requirePositive("maxResetsPerSecond", maxResetsPerSecond);
		requirePositive("maxDepth", maxDepth);
	}

	/**
	 * Returns the defaults: 1,000 calls in flight, 1,000 resets per second, 8 nested
	 * calls.
	 * @return the defaults
	 */
	public static CallLimits defaults() {
		return DEFAULTS;
	}

	static void requirePositive(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(name + " is " + value + ", at least 1");
		}
	}

}
