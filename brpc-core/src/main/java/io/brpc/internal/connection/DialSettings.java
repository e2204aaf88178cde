package io.brpc.internal.connection;

import io.brpc.TransportSettings;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicTls;

/**
 * What every attempt to connect has in common. Immutable.
 *
 * @param transport the kind of UDP socket
 * @param tls the client's TLS
 * @param transportSettings how the connection behaves
 */
public record DialSettings(DatagramTransport transport, QuicTls tls, TransportSettings transportSettings) {

}
