package io.brpc.internal.brpc2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out: its bytes, or, where its length is known, the stream that
 * makes them when they are written. Not safe for use by several threads at a time.
 */
final class Payload {

	private static final int COPY_SIZE = 4096;

	private final @Nullable InputStream stream;

	private final byte[] bytes;

	private final int length;

	private final long plainLength;

	private final int encoding;

	private Payload(@Nullable InputStream stream, byte[] bytes, int length, long plainLength, int encoding) {
		this.stream = stream;
		this.bytes = bytes;
		this.length = length;
		this.plainLength = plainLength;
		this.encoding = encoding;
	}

	/**
	 * Prepares a message.
	 * @param <T> its type
	 * @param marshaller makes bytes of it
	 * @param message the message
	 * @param later whether its bytes may be made when they are written; otherwise they
	 * are made here
	 * @return the payload
	 */
	static <T> Payload of(Marshaller<T> marshaller, T message, boolean later) {
		InputStream stream = marshaller.stream(message);
		try {
			if (stream instanceof KnownLength && stream instanceof Drainable drainable) {
				int length = stream.available();
				if (later) {
					return new Payload(stream, new byte[0], length, length, -1);
				}
				ExactOutput out = new ExactOutput(length);
				drainable.drainTo(out);
				return new Payload(null, out.bytes, out.count, out.count, -1);
			}
			byte[] bytes = allBytes(stream);
			return new Payload(null, bytes, bytes.length, bytes.length, -1);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
	}

	/**
	 * Prepares a message that is compressed.
	 * @param <T> its type
	 * @param marshaller makes bytes of it
	 * @param message the message
	 * @param compressor compresses them
	 * @param encoding the compressor's number at the peer
	 * @return the payload
	 */
	static <T> Payload compressed(Marshaller<T> marshaller, T message, Compressor compressor, int encoding) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		long plainLength;
		try (InputStream stream = marshaller.stream(message); OutputStream out = compressor.compress(bytes)) {
			plainLength = copy(stream, out);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		byte[] compressed = bytes.toByteArray();
		return new Payload(null, compressed, compressed.length, plainLength, encoding);
	}

	private static byte[] allBytes(InputStream stream) throws IOException {
		try (stream) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			copy(stream, bytes);
			return bytes.toByteArray();
		}
	}

	private static long copy(InputStream stream, OutputStream out) throws IOException {
		if (stream instanceof Drainable drainable) {
			return drainable.drainTo(out);
		}
		byte[] chunk = new byte[COPY_SIZE];
		long sum = 0;
		for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
			out.write(chunk, 0, count);
			sum += count;
		}
		return sum;
	}

	private static RuntimeException failed(IOException cause) {
		return Status.INTERNAL.withDescription("Failed to frame message").withCause(cause).asRuntimeException();
	}

	int length() {
		return this.length;
	}

	/**
	 * Returns the length before compression.
	 * @return bytes
	 */
	long plainLength() {
		return this.plainLength;
	}

	/**
	 * Returns the compression.
	 * @return its number at the peer, or -1 for none
	 */
	int encoding() {
		return this.encoding;
	}

	/**
	 * Writes the bytes, once.
	 * @param out where to
	 * @throws RuntimeException if the message's marshaller fails, or makes other than the
	 * announced number of bytes
	 */
	void writeTo(ByteBuf out) {
		if (this.stream == null) {
			out.writeBytes(this.bytes, 0, this.length);
			return;
		}
		int before = out.writerIndex();
		out.ensureWritable(this.length);
		try {
			((Drainable) this.stream).drainTo(new ByteBufOutputStream(out));
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		if (out.writerIndex() - before != this.length) {
			throw failed(new IOException((out.writerIndex() - before) + " bytes instead of " + this.length));
		}
	}

	/**
	 * An array of the right size from the start.
	 */
	private static final class ExactOutput extends OutputStream {

		private byte[] bytes;

		private int count;

		ExactOutput(int length) {
			this.bytes = new byte[length];
		}

		private void reserve(int more) {
			if (this.bytes.length - this.count < more) {
				this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.count + more));
			}
		}

		@Override
		public void write(int value) {
			reserve(1);
			this.bytes[this.count++] = (byte) value;
		}

		@Override
		public void write(byte[] source, int offset, int length) {
			reserve(length);
			System.arraycopy(source, offset, this.bytes, this.count, length);
			this.count += length;
		}

	}

}
