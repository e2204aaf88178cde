package io.brpc.internal.brpc2;

import java.util.Arrays;

import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.grpc.MethodDescriptor.Marshaller;
import org.jspecify.annotations.Nullable;

/**
 * A message that has arrived, still in bytes. Immutable.
 */
final class Message {

	private final byte[] bytes;

	private final int start;

	private final int length;

	private final int encoding;

	private Message(byte[] bytes, int start, int length, int encoding) {
		this.bytes = bytes;
		this.start = start;
		this.length = length;
		this.encoding = encoding;
	}

	/**
	 * Takes one out of its frame, without a copy if that is possible.
	 * @param body at the message
	 * @param encoding its compression, or -1 for none
	 * @return the message
	 */
	static Message of(FrameCursor body, int encoding) {
		int start = body.position();
		int length = body.remaining();
		if (body.isOwn()) {
			return new Message(body.array(), start, length, encoding);
		}
		return new Message(Arrays.copyOfRange(body.array(), start, start + length), 0, length, encoding);
	}

	/**
	 * Returns what it costs as long as the application has not taken it.
	 * @return the cost, bytes
	 */
	long cost() {
		return Credit.cost(this.length);
	}

	/**
	 * Makes an object of it.
	 * @param <T> its type
	 * @param marshaller does so
	 * @param max how large it may be, decompressed
	 * @param encodings how
	 * @param tracers told of it, if there are any
	 * @return the object
	 */
	<T> T read(Marshaller<T> marshaller, int max, Encodings encodings, @Nullable CallTracers tracers) {
		return encodings.read(marshaller, this.bytes, this.start, this.length, this.encoding, max, tracers);
	}

	/**
	 * Returns how long the frame of a message may be.
	 * @param max how large the message may be
	 * @return the length
	 */
	static long maxFrame(int max) {
		return Math.min((long) max + SmallFrames.maxMessageHead(), Integer.MAX_VALUE - Long.SIZE);
	}

}
