package io.brpc.internal.quic;

import io.brpc.TransportSettings;

/**
 * Notices that large datagrams probably get lost, always: a path whose MTU has shrunk
 * under the connection, and that does not say so. quiche looks for the path's MTU once,
 * and then takes all that is lost for congestion: it would send large messages again and
 * again in datagrams that can't arrive, while the small ones, and with them the
 * connection, live on (RFC 8899, section 4.3).
 * <p>
 * Two things are suspicious. Nothing at all has been acknowledged for a while: then it is
 * either that, or a path that is dead for the time being, where it does no harm to take
 * it for that. Or most of what was sent in each of two intervals is lost, and that was
 * large: what congestion and chance take away is less.
 * <p>
 * Event-loop confined.
 */
final class BlackHoleWatch {

	/**
	 * In how many intervals in a row most has to be lost. One could be the end of a gap
	 * in the path.
	 */
	private static final int LOSSY_INTERVALS = 2;

	/**
	 * How many round-trip times an interval has at least: enough that what is sent in
	 * vain is sent again, and found lost again, in each of them.
	 */
	private static final int ROUND_TRIPS = 12;

	private final Runnable onBlackHole;

	private long intervalNanos;

	private long lastSentBytes;

	private long lastLostPackets;

	private long lastLostBytes;

	private int lossyIntervals;

	private boolean found;

	/**
	 * Makes a watch.
	 * @param onBlackHole told, at most once, on the event loop, that datagrams had better
	 * be small
	 */
	BlackHoleWatch(Runnable onBlackHole) {
		this.onBlackHole = onBlackHole;
	}

	/**
	 * Looks.
	 * @param path the figures up to now
	 * @param silent whether nothing of what was sent has been acknowledged for longer
	 * than a healthy path takes
	 * @param sinceLastNanos how long ago the last look was, nanoseconds
	 */
	void look(PathFigures path, boolean silent, long sinceLastNanos) {
		this.intervalNanos += sinceLastNanos;
		if (this.intervalNanos >= ROUND_TRIPS * path.rttNanos()) {
			this.lossyIntervals = isLossy(path) ? this.lossyIntervals + 1 : 0;
			this.intervalNanos = 0;
			this.lastSentBytes = path.sentBytes();
			this.lastLostPackets = path.lostPackets();
			this.lastLostBytes = path.lostBytes();
		}
		boolean suspicious = silent || this.lossyIntervals >= LOSSY_INTERVALS;
		if (suspicious && !this.found && path.mtu() > TransportSettings.MIN_DATAGRAM_SIZE) {
			this.found = true;
			this.onBlackHole.run();
		}
	}

	private boolean isLossy(PathFigures path) {
		long sentBytes = path.sentBytes() - this.lastSentBytes;
		long lostBytes = path.lostBytes() - this.lastLostBytes;
		long lostPackets = path.lostPackets() - this.lastLostPackets;
		return lostBytes > 0 && lostBytes > sentBytes / 2
				&& lostBytes > lostPackets * TransportSettings.MIN_DATAGRAM_SIZE;
	}

}
