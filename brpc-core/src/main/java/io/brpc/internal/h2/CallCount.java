package io.brpc.internal.h2;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Counts the calls that are in flight on one gRPC stream: those that HTTP/2 has a stream
 * of its own for. Told on the event loop; may be asked by any thread.
 */
final class CallCount extends Http2ConnectionAdapter {

	private final AtomicInteger count = new AtomicInteger();

	int count() {
		return this.count.get();
	}

	@Override
	public void onStreamActive(Http2Stream stream) {
		this.count.incrementAndGet();
	}

	@Override
	public void onStreamClosed(Http2Stream stream) {
		this.count.decrementAndGet();
	}

}
