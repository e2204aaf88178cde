package io.brpc.internal.quic;

import io.netty.handler.codec.quic.QuicConnectionPathStats;

/**
 * What quiche has counted on a path up to now. Immutable.
 *
 * @param rttNanos the smoothed round-trip time, nanoseconds
 * @param retransmissions how many packets had something that was sent before
 * @param sentBytes how much was sent
 * @param lostPackets how many packets are taken for lost, without probes of the path's
 * MTU
 * @param lostBytes how much was in them
 * @param mtu the largest datagram that got through, bytes; the smallest that is tried
 * where none is looked for
 */
record PathFigures(long rttNanos, long retransmissions, long sentBytes, long lostPackets, long lostBytes, long mtu) {

	static PathFigures of(QuicConnectionPathStats path) {
		return new PathFigures(path.rtt(), path.retrans(), path.sentBytes(), path.lost(), path.lostBytes(),
				path.pmtu());
	}

}
