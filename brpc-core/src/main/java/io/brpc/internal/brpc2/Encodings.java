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
 * The message encodings that this end can read, and how it reads messages. Those are the
 * ones that gRPC's registries know when the class is loaded. Not instantiable.
 */
final class Encodings {

	private static final List<String> READABLE = DecompressorRegistry.getDefaultInstance()
		.getAdvertisedMessageEncodings()
		.stream()
		.filter((name) -> !name.equals(Codec.Identity.NONE.getMessageEncoding()))
		.sorted()
		.toList();

	private Encodings() {
	}

	/**
	 * Returns what the peer is told.
	 * @return names, without that of no encoding
	 */
	static List<String> readable() {
		return READABLE;
	}

	/**
	 * Finds a compressor.
	 * @param name its name
	 * @return null for no compression
	 * @throws IllegalArgumentException if there is none of this name
	 */
	static @Nullable Compressor compressor(String name) {
		Compressor compressor = CompressorRegistry.getDefaultInstance().lookupCompressor(name);
		if (compressor == null) {
			throw new IllegalArgumentException("Unable to find compressor by name " + name);
		}
		return (compressor == Codec.Identity.NONE) ? null : compressor;
	}

	/**
	 * Checks the encoding of a message that arrives.
	 * @param encoding its number, or -1 for none
	 */
	static void check(int encoding) {
		if (encoding >= READABLE.size()) {
			throw new WireException("encoding is " + encoding + ", " + READABLE.size() + " are known");
		}
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
	 * @return the message
	 * @throws RuntimeException with a status, if it is too large, can't be decompressed,
	 * or the marshaller fails
	 */
	static <T> T read(Marshaller<T> marshaller, byte[] bytes, int start, int count, int encoding, int max) {
		if (count > max) {
			throw tooLarge(max, count).asRuntimeException();
		}
		InputStream stream = new ArrayStream(bytes, start, count);
		if (encoding < 0) {
			return marshaller.parse(stream);
		}
		Decompressor decompressor = DecompressorRegistry.getDefaultInstance()
			.lookupDecompressor(READABLE.get(encoding));
		if (decompressor == null) {
			throw Status.INTERNAL.withDescription("no decompressor for " + READABLE.get(encoding)).asRuntimeException();
		}
		try (InputStream decompressed = new BoundedStream(decompressor.decompress(stream), max)) {
			return marshaller.parse(decompressed);
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
