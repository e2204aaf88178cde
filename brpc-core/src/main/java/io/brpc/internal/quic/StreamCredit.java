package io.brpc.internal.quic;

/**
 * How many streams the peer may have open at a time (RFC 9000, section 4.6). Immutable.
 *
 * @param bidirectional how many that both ends write to
 * @param unidirectional how many that only the peer writes to
 */
public record StreamCredit(int bidirectional, int unidirectional) {

}
