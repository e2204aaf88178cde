package io.brpc.internal.h2;

import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Counts the calls that are in flight on one gRPC stream: those that HTTP/2 has a stream
 * of its own for. Told on the event loop; may be asked by any thread.
 */
final class CallCount extends Http2ConnectionAdapter {

	private volatile int count;

	int count() {
		return this.count;
	}

	@Override
	public void onStreamActive(Http2Stream stream) {
		this.count = this.count + 1;
	}

	@Override
	public void onStreamClosed(Http2Stream stream) {
		this.count = this.count - 1;
	}

}
