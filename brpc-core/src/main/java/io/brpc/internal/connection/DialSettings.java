package io.brpc.internal.connection;

import java.time.Duration;

import io.brpc.TransportSettings;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicTls;

/**
 * What every attempt to connect has in common. Immutable.
 *
 * @param transport the kind of UDP socket
 * @param tls the client's TLS
 * @param transportSettings how the connection behaves
 * @param firstHold how long not to dial after the server has replaced the connection
 * @param longestHold how long at most, when that happens again and again
 */
public record DialSettings(DatagramTransport transport, QuicTls tls, TransportSettings transportSettings,
		Duration firstHold, Duration longestHold) {

}
