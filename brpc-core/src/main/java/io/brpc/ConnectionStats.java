package io.brpc;

import java.time.Duration;

/**
 * What QUIC measured on one connection, since it began, and what is under way on it now.
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
 * @param queuedBytes bytes of messages that wait here to be sent, in both directions of
 * calls; see {@link TransportSettings#maxQueuedBytes()}
 * @param inboundCalls calls in flight that the other end makes
 * @param outboundCalls calls in flight that this end makes; not those that wait for a
 * place
 */
public record ConnectionStats(long packetsSent, long packetsReceived, long packetsLost, long bytesSent,
		long bytesReceived, Duration smoothedRtt, long congestionWindowBytes, long queuedBytes, int inboundCalls,
		int outboundCalls) {

	/**
	 * Returns these figures with others of what is under way.
	 * @param queuedBytes see {@link #queuedBytes()}
	 * @param inboundCalls see {@link #inboundCalls()}
	 * @param outboundCalls see {@link #outboundCalls()}
	 * @return the changed figures
	 */
	public ConnectionStats withLoad(long queuedBytes, int inboundCalls, int outboundCalls) {
		return new ConnectionStats(this.packetsSent, this.packetsReceived, this.packetsLost, this.bytesSent,
				this.bytesReceived, this.smoothedRtt, this.congestionWindowBytes, queuedBytes, inboundCalls,
				outboundCalls);
	}

}
