package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * How a call ends. Immutable, but for the message, which is written once.
 *
 * @param number the call's number
 * @param headers initial metadata, unless they have been sent
 * @param message the response, if this carries it; its bytes are in the session's budget
 * @param status how the call ended
 * @param notRun whether no handler has seen it
 * @param trailers trailing metadata
 */
record Answer(long number, Encoded headers, @Nullable Payload message, Status status, boolean notRun,
		Encoded trailers) {

	private static final int UTF8_CONTINUATION = 0x80;

	private static final int UTF8_CONTINUATION_MASK = 0xc0;

	/**
	 * Returns an answer without metadata and message.
	 * @param number the call's number
	 * @param status how the call ended, not OK
	 * @param notRun whether no handler has seen it
	 * @return the answer
	 */
	static Answer failed(long number, Status status, boolean notRun) {
		return new Answer(number, Encoded.NONE, null, status, notRun, Encoded.NONE);
	}

	/**
	 * Returns an answer whose metadata are within the peer's limit.
	 * @param maxMetadata the limit
	 * @return this one if it is
	 */
	Answer within(int maxMetadata) {
		int cost = this.headers.cost() + this.trailers.cost();
		return (cost <= maxMetadata) ? this : failed(this.number, Status.RESOURCE_EXHAUSTED
			.withDescription("metadata of the answer is " + cost + " bytes, limit is " + maxMetadata), false);
	}

	/**
	 * Returns how long the frame is, its message included.
	 * @param maxMetadata the peer's limit
	 * @return what its length field says
	 */
	long frameLength(int maxMetadata) {
		Payload message = this.message;
		return AnswerHead.frameLength(this.number, this.headers, this.trailers, this.status.getCode().value(),
				words(maxMetadata), (message != null) ? message.encoding() : -1,
				(message != null) ? message.length() : 0);
	}

	/**
	 * Writes the frame, its message included.
	 * @param out where to; nothing is written if this throws
	 * @param maxMetadata the peer's limit
	 */
	void write(ByteBuf out, int maxMetadata) {
		int before = out.writerIndex();
		Payload message = this.message;
		try {
			AnswerHead.write(out, frameLength(maxMetadata), this.number, this.headers, this.trailers,
					this.status.getCode().value(), this.notRun, words(maxMetadata),
					(message != null) ? message.encoding() : -1);
			if (message != null) {
				message.writeTo(out);
			}
		}
		catch (RuntimeException ex) {
			out.writerIndex(before);
			throw ex;
		}
	}

	/**
	 * Returns the status's description, as much of it as metadata leave room for.
	 */
	private byte @Nullable [] words(int maxMetadata) {
		String description = this.status.getDescription();
		if (description == null || this.status.isOk()) {
			return null;
		}
		byte[] words = description.getBytes(StandardCharsets.UTF_8);
		int max = maxMetadata - this.headers.cost() - this.trailers.cost();
		if (words.length <= max) {
			return words;
		}
		int end = max;
		while (end > 0 && (words[end] & UTF8_CONTINUATION_MASK) == UTF8_CONTINUATION) {
			end--;
		}
		return Arrays.copyOf(words, end);
	}

}
