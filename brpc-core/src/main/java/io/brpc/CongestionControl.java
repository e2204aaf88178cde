package io.brpc;

/**
 * How QUIC finds out how fast it may send (RFC 9002, section 7).
 */
public enum CongestionControl {

	/**
	 * CUBIC (RFC 9438), what TCP uses nearly everywhere.
	 */
	CUBIC,

	/**
	 * NewReno (RFC 9002, section 7.3).
	 */
	RENO,

	/**
	 * BBR, which follows the measured bandwidth rather than losses.
	 */
	BBR

}
