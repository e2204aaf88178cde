package io.brpc.internal.quic;

import java.time.Duration;

/**
 * For how long an event loop looks for work before its thread sleeps. Immutable.
 *
 * @param time zero for not at all; at most {@link #MAX}
 */
public record BusyWait(Duration time) {

	/**
	 * The longest: a loop that waits longer gains nothing, because its thread would have
	 * slept and woken up many times meanwhile.
	 */
	static final Duration MAX = Duration.ofMillis(1);

	/**
	 * About what it costs to put a thread to sleep and to wake it up, where that is
	 * expensive.
	 */
	private static final BusyWait DEFAULT = new BusyWait(Duration.ofNanos(50_000));

	/**
	 * Checks the time.
	 * @throws IllegalArgumentException if it is negative or more than {@link #MAX}
	 */
	public BusyWait {
		if (time.isNegative() || time.compareTo(MAX) > 0) {
			throw new IllegalArgumentException("busyWait is " + time + ", zero to " + MAX);
		}
	}

	/**
	 * Returns what holds where nobody says otherwise.
	 * @return 50 us
	 */
	public static BusyWait defaults() {
		return DEFAULT;
	}

}
