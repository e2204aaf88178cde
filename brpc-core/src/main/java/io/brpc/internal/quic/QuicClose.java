package io.brpc.internal.quic;

import java.nio.charset.StandardCharsets;

import io.brpc.CloseCode;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;

/**
 * Closes QUIC connections. Not instantiable.
 */
public final class QuicClose {

	private QuicClose() {
	}

	/**
	 * Sends CONNECTION_CLOSE with an application error (RFC 9000, section 19.19) and
	 * forgets the connection, as soon as the event loop is back from whatever it does
	 * now: most reasons to close are found while the codec reads, and it does not stand
	 * being closed under its own feet.
	 * @param channel the connection
	 * @param code the error code
	 * @param reason the reason phrase, US-ASCII
	 */
	public static void close(QuicChannel channel, CloseCode code, String reason) {
		channel.eventLoop()
			.execute(() -> channel.close(true, code.code(), Unpooled.copiedBuffer(reason, StandardCharsets.US_ASCII)));
	}

}
