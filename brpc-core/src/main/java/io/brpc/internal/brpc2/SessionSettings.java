package io.brpc.internal.brpc2;

import java.time.Duration;

import io.brpc.FrameSettings;
import io.brpc.internal.quic.StreamCredit;

/**
 * What an end allows its peer, and itself. The first six and the call window are told to
 * the peer.
 * <p>
 * Immutable.
 *
 * @param maxCalls how many calls the peer may have in flight
 * @param maxLanes how many lanes the peer may open
 * @param maxLaneFrame the largest frame on a lane that the peer may send, bytes
 * @param maxMessage the largest message that is taken, after decompression, bytes; a call
 * that gets a larger one ends with {@code RESOURCE_EXHAUSTED}
 * @param maxMetadata the largest metadata of a frame, bytes: of each entry its key, its
 * value and 32
 * @param maxMethods how many method numbers the peer may define on a lane
 * @param maxQueuedBytes how much may wait for the peer, bytes, all calls together
 * @param callWindow how much of the messages of one call the peer may send before the
 * application takes any, bytes; the last message may go beyond it
 * @param maxUntakenBytes how much may have arrived that the application has not taken,
 * bytes, all calls together; a call that brings more ends
 * @param maxCancelsPerSecond how many calls the peer may cancel in a second
 * @param stallTimeout how long the peer may take nothing of what waits on a stream
 * @param keepAliveInterval a connection that is silent for this long is pinged; zero for
 * never
 */
public record SessionSettings(int maxCalls, int maxLanes, int maxLaneFrame, int maxMessage, int maxMetadata,
		int maxMethods, long maxQueuedBytes, int callWindow, long maxUntakenBytes, int maxCancelsPerSecond,
		Duration stallTimeout, Duration keepAliveInterval) {

	private static final int MIN_FRAME = 1024;

	private static final int MAX_LANE_FRAME = 1 << 20;

	private static final SessionSettings DEFAULTS = new SessionSettings(1000, FrameSettings.defaults().maxLanes(),
			16 << 10, 4 << 20, 8 << 10, 256, 64L << 20, FrameSettings.defaults().callWindow(),
			FrameSettings.defaults().maxUntakenBytes(), 1000, Duration.ofSeconds(30), Duration.ZERO);

	public SessionSettings {
		require("maxCalls", maxCalls, 1, Integer.MAX_VALUE);
		require("maxLanes", maxLanes, 1, FrameSettings.MAX_LANES);
		require("maxLaneFrame", maxLaneFrame, MIN_FRAME, MAX_LANE_FRAME);
		require("maxMessage", maxMessage, 0, Integer.MAX_VALUE);
		require("maxMetadata", maxMetadata, MIN_FRAME, MAX_LANE_FRAME);
		require("maxMethods", maxMethods, 0, Integer.MAX_VALUE);
		require("maxQueuedBytes", maxQueuedBytes, 1, Long.MAX_VALUE);
		require("callWindow", callWindow, 1, Integer.MAX_VALUE);
		require("maxCancelsPerSecond", maxCancelsPerSecond, 1, Integer.MAX_VALUE);
		require("maxUntakenBytes", maxUntakenBytes, 1, Long.MAX_VALUE);
	}

	/**
	 * Returns the defaults: 1,000 calls, 4 lanes with frames of 16 KiB, messages of 4
	 * MiB, metadata of 8 KiB, 256 methods per lane, 64 MiB that may wait, a window of 512
	 * KiB for each call, 64 MiB that the application has yet to take, 1,000 cancels per
	 * second, a stall of 30 s, no pings.
	 * @return the defaults
	 */
	public static SessionSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns the credit for streams that the peer needs: for its lanes, and a stream for
	 * each call that has its own; for control streams, of which it may open only one, and
	 * answers that are too large for a lane.
	 * @return the QUIC credit to grant
	 */
	public StreamCredit streamCredit() {
		return new StreamCredit((int) Math.min((long) this.maxLanes + this.maxCalls, Integer.MAX_VALUE),
				(int) Math.min(2L + this.maxCalls, Integer.MAX_VALUE));
	}

	private static void require(String name, long value, long least, long most) {
		if (value < least || value > most) {
			throw new IllegalArgumentException(name + " is " + value + ", " + least + " to " + most);
		}
	}

}
