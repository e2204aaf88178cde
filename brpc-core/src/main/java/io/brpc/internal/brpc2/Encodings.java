package io.brpc.internal.brpc2;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The message encodings that this end can read and write, and how it reads messages.
 * Immutable, as far as gRPC's registries are.
 */
public final class Encodings {

	/**
	 * How many the peer can be told of.
	 */
	private static final int MAX_READABLE = 64;

	private final List<String> readable;

	private final List<DecompressorRegistry> decompressors;

	private final CompressorRegistry requests;

	private final CompressorRegistry answers;

	/**
	 * Takes what gRPC's builders were told.
	 * @param requests writes the requests of calls to the peer
	 * @param answers writes the answers to the peer's calls
	 * @param decompressors read what the peer sends, the first one that knows an encoding
	 */
	public Encodings(CompressorRegistry requests, CompressorRegistry answers,
			List<DecompressorRegistry> decompressors) {
		this.requests = requests;
		this.answers = answers;
		this.decompressors = List.copyOf(decompressors);
		this.readable = this.decompressors.stream()
			.flatMap((registry) -> registry.getAdvertisedMessageEncodings().stream())
			.filter((name) -> !name.equals(Codec.Identity.NONE.getMessageEncoding()))
			.distinct()
			.sorted()
			.limit(MAX_READABLE)
			.toList();
	}

	/**
	 * Returns the encodings of gRPC's default registries.
	 * @return what they know now
	 */
	public static Encodings defaults() {
		return new Encodings(CompressorRegistry.getDefaultInstance(), CompressorRegistry.getDefaultInstance(),
				List.of(DecompressorRegistry.getDefaultInstance()));
	}

	/**
	 * Returns what the peer is told.
	 * @return names, without that of no encoding
	 */
	List<String> readable() {
		return this.readable;
	}

	/**
	 * Finds the compressor of a request.
	 * @param name its name
	 * @return null for no compression
	 * @throws IllegalArgumentException if there is none of this name
	 */
	@Nullable Compressor ofRequests(String name) {
		return compressor(this.requests, name);
	}

	/**
	 * Finds the compressor of an answer.
	 * @param name its name
	 * @return null for no compression
	 * @throws IllegalArgumentException if there is none of this name
	 */
	@Nullable Compressor ofAnswers(String name) {
		return compressor(this.answers, name);
	}

	private static @Nullable Compressor compressor(CompressorRegistry registry, String name) {
		Compressor compressor = registry.lookupCompressor(name);
		if (compressor == null) {
			throw new IllegalArgumentException("Unable to find compressor by name " + name);
		}
		return (compressor == Codec.Identity.NONE) ? null : compressor;
	}

	/**
	 * Checks the encoding of a message that arrives.
	 * @param encoding its number, or -1 for none
	 */
	void check(int encoding) {
		if (encoding >= this.readable.size()) {
			throw new WireException("encoding is " + encoding + ", " + this.readable.size() + " are known");
		}
	}

	private Decompressor decompressor(int encoding) {
		String name = this.readable.get(encoding);
		for (DecompressorRegistry registry : this.decompressors) {
			Decompressor decompressor = registry.lookupDecompressor(name);
			if (decompressor != null) {
				return decompressor;
			}
		}
		throw Status.INTERNAL.withDescription("no decompressor for " + name).asRuntimeException();
	}

	/**
	 * Reads a message.
	 * @param <T> its type
	 * @param marshaller makes an object of its bytes
	 * @param bytes has the bytes; left alone once this returns
	 * @param start where they begin
	 * @param count how many they are
	 * @param encoding their encoding, or -1 for none
	 * @param max how many they may be, decompressed
	 * @param tracers told of the message, if there are any
	 * @return the message
	 * @throws RuntimeException with a status, if it is too large, can't be decompressed,
	 * or the marshaller fails
	 */
	<T> T read(Marshaller<T> marshaller, byte[] bytes, int start, int count, int encoding, int max,
			@Nullable CallTracers tracers) {
		if (count > max) {
			throw tooLarge(max, count).asRuntimeException();
		}
		InputStream stream = new ArrayStream(bytes, start, count);
		if (encoding < 0) {
			if (tracers != null) {
				tracers.received(count, count);
			}
			return marshaller.parse(stream);
		}
		try (BoundedStream decompressed = new BoundedStream(decompressor(encoding).decompress(stream), max)) {
			T message = marshaller.parse(decompressed);
			if (tracers != null) {
				tracers.received(count, decompressed.count);
			}
			return message;
		}
		catch (IOException ex) {
			throw Status.INTERNAL.withDescription("Failed to decompress message").withCause(ex).asRuntimeException();
		}
	}

	/**
	 * Returns what ends the call of a message that is too large.
	 * @param max how large it may be
	 * @param size how large it is
	 * @return the status, in gRPC's own words
	 */
	static Status tooLarge(int max, long size) {
		return Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size " + max + ": " + size);
	}

	/**
	 * A part of an array whose length gRPC may ask for.
	 */
	private static final class ArrayStream extends ByteArrayInputStream implements KnownLength {

		ArrayStream(byte[] bytes, int start, int count) {
			super(bytes, start, count);
		}

	}

	/**
	 * Ends a decompression that brings out too much.
	 */
	private static final class BoundedStream extends FilterInputStream {

		private final int max;

		private long count;

		BoundedStream(InputStream in, int max) {
			super(in);
			this.max = max;
		}

		@Override
		public int read() throws IOException {
			int value = super.read();
			if (value >= 0) {
				counted(1);
			}
			return value;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			if (read > 0) {
				counted(read);
			}
			return read;
		}

		@Override
		public long skip(long count) throws IOException {
			long skipped = super.skip(count);
			counted(skipped);
			return skipped;
		}

		@Override
		public boolean markSupported() {
			return false;
		}

		private void counted(long more) {
			this.count += more;
			if (this.count > this.max) {
				throw Status.RESOURCE_EXHAUSTED
					.withDescription("Decompressed gRPC message exceeds maximum size " + this.max)
					.asRuntimeException();
			}
		}

	}

}
