package io.brpc;

/**
 * How much the peer may send on a connection that speaks {@link Wire#BRPC_2}. Each end
 * has settings of its own, and tells the other those that it has to heed. On
 * {@link Wire#BRPC_1} gRPC's own windows hold instead.
 * <p>
 * Immutable.
 *
 * @param maxLanes how many streams the peer may share among its unary calls, 1 to
 * {@value #MAX_LANES}; with more of them, a packet that is lost holds up fewer calls
 * @param callWindow how much of the messages of one call the peer may send before the
 * application takes any, bytes; the last message may go beyond it. It bounds what one
 * streaming call brings in a round trip
 * @param maxUntakenBytes how much of the messages that have arrived may wait for the
 * application, bytes, all calls of a connection together; no less than the window of a
 * call. A call that brings more ends with {@code RESOURCE_EXHAUSTED}
 */
public record FrameSettings(int maxLanes, int callWindow, long maxUntakenBytes) {

	/**
	 * The most lanes that there can be.
	 */
	public static final int MAX_LANES = 64;

	private static final FrameSettings DEFAULTS = new FrameSettings(4, 512 << 10, 64L << 20);

	/**
	 * Checks the settings.
	 * @throws IllegalArgumentException if one is out of its range; the message says which
	 * it is
	 */
	public FrameSettings {
		if (maxLanes < 1 || maxLanes > MAX_LANES) {
			throw new IllegalArgumentException("maxLanes is " + maxLanes + ", 1 to " + MAX_LANES);
		}
		CallLimits.requirePositive("callWindow", callWindow);
		if (maxUntakenBytes < callWindow) {
			throw new IllegalArgumentException(
					"maxUntakenBytes is " + maxUntakenBytes + ", less than callWindow, which is " + callWindow);
		}
	}

	/**
	 * Returns the defaults: 4 lanes, a window of 512 KiB for each call, 64 MiB that the
	 * application has yet to take.
	 * @return the defaults
	 */
	public static FrameSettings defaults() {
		return DEFAULTS;
	}

}
