package io.brpc.internal.h2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;

/**
 * Hears the peer say that it ends a stream, and that nothing is wrong (RFC 9113, section
 * 6.8): a serving peer takes no more calls on it, and gRPC makes none from then on; a
 * calling peer makes no more.
 * <p>
 * Event-loop confined.
 */
final class GoAwayListener extends Http2ConnectionAdapter {

	private final StreamOwner owner;

	private boolean told;

	GoAwayListener(StreamOwner owner) {
		this.owner = owner;
	}

	@Override
	public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
		if (errorCode == Http2Error.NO_ERROR.code() && !this.told) {
			this.told = true;
			this.owner.toldToGo();
		}
	}

}
