package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.SmallFrames;
import io.grpc.MethodDescriptor.Marshaller;
import org.jspecify.annotations.Nullable;

/**
 * A message that has arrived, still in bytes. Immutable.
 */
final class Message {

	private final byte[] bytes;

	private final int encoding;

	/**
	 * Makes one.
	 * @param bytes all of it; not to be changed
	 * @param encoding its compression, or -1 for none
	 */
	Message(byte[] bytes, int encoding) {
		this.bytes = bytes;
		this.encoding = encoding;
	}

	/**
	 * Returns what it costs as long as the application has not taken it.
	 * @return the cost, bytes
	 */
	long cost() {
		return Credit.cost(this.bytes.length);
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
		return encodings.read(marshaller, this.bytes, 0, this.bytes.length, this.encoding, max, tracers);
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
