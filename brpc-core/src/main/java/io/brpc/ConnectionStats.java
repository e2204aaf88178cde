package io.brpc;

import java.time.Duration;

/**
 * What QUIC measured on one connection, since it began.
 * <p>
 * Immutable.
 *
 * @param packetsSent QUIC packets sent
 * @param packetsReceived QUIC packets received
 * @param packetsLost packets declared lost (RFC 9002, section 6)
 * @param bytesSent bytes sent, UDP payload
 * @param bytesReceived bytes received, UDP payload
 * @param smoothedRtt the smoothed round-trip time (RFC 9002, section 5.3); zero before
 * the first sample
 * @param congestionWindowBytes bytes that may be in flight (RFC 9002, section 7)
 */
public record ConnectionStats(long packetsSent, long packetsReceived, long packetsLost, long bytesSent,
		long bytesReceived, Duration smoothedRtt, long congestionWindowBytes) {

}
