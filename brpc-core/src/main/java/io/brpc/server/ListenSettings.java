package io.brpc.server;

import java.net.InetSocketAddress;

import io.brpc.TransportSettings;
import io.brpc.internal.quic.BusyWait;
import io.brpc.internal.quic.QuicTls;

/**
 * Where and how a server listens. Immutable, but for the credentials in {@code tls}.
 *
 * @param address the UDP address and port; port zero for any that is free
 * @param connections how connections behave
 * @param tls who the server is, and whom it trusts
 * @param busyWait how long its event loop looks for work before it sleeps
 */
record ListenSettings(InetSocketAddress address, TransportSettings connections, QuicTls tls, BusyWait busyWait) {

}
