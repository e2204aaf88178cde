package io.brpc.internal.quic;

import java.nio.charset.StandardCharsets;

import io.brpc.CloseCode;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;

/**
 * Closes QUIC connections. Not instantiable.
 */
public final class QuicClose {

	/**
	 * A CONNECTION_CLOSE frame has to fit into one packet of 1,200 bytes (RFC 9000,
	 * section 14.1), or the peer never hears of the end.
	 */
	private static final int MAX_REASON_LENGTH = 500;

	private QuicClose() {
	}

	/**
	 * Sends CONNECTION_CLOSE with an application error (RFC 9000, section 19.19) and
	 * forgets the connection, as soon as the event loop is back from whatever it does
	 * now: most reasons to close are found while the codec reads, and it does not stand
	 * being closed under its own feet.
	 * @param channel the connection
	 * @param code the error code
	 * @param reason the reason phrase, US-ASCII; cut off after 500 characters
	 */
	public static void close(QuicChannel channel, CloseCode code, String reason) {
		String phrase = reason.substring(0, Math.min(reason.length(), MAX_REASON_LENGTH));
		channel.eventLoop()
			.execute(() -> channel.close(true, code.code(), Unpooled.copiedBuffer(phrase, StandardCharsets.US_ASCII)));
	}

}
