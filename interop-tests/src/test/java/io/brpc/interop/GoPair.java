package io.brpc.interop;

import io.grpc.Channel;

/**
 * An end of ours and a Go peer, connected.
 *
 * @param go the Go peer
 * @param toGo calls it
 * @param goSuffix what the answers of its Exercise end with
 * @param ourSuffix what the answers of ours end with
 * @param ours our end, closed behind the Go peer
 */
record GoPair(GoPeer go, Channel toGo, String goSuffix, String ourSuffix, AutoCloseable ours) implements AutoCloseable {

	@Override
	public void close() throws Exception {
		try (this.ours; this.go) {
			// Nothing but the order.
		}
	}

}
