package io.brpc;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Codec;

/**
 * A codec that changes each byte, and counts. Safe for use by any thread.
 */
final class RotCodec implements Codec {

	static final String NAME = "rot";

	private final AtomicInteger compressed = new AtomicInteger();

	private final AtomicInteger decompressed = new AtomicInteger();

	/**
	 * Returns how often it has compressed.
	 * @return the count, up to now
	 */
	AtomicInteger compressed() {
		return this.compressed;
	}

	/**
	 * Returns how often it has decompressed.
	 * @return the count, up to now
	 */
	AtomicInteger decompressed() {
		return this.decompressed;
	}

	@Override
	public String getMessageEncoding() {
		return NAME;
	}

	@Override
	public InputStream decompress(InputStream in) {
		this.decompressed.incrementAndGet();
		return new FilterInputStream(in) {
			@Override
			public int read() throws IOException {
				int value = super.read();
				return (value < 0) ? value : value ^ 1;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int count = super.read(bytes, offset, length);
				for (int i = 0; i < count; i++) {
					bytes[offset + i] ^= 1;
				}
				return count;
			}
		};
	}

	@Override
	public OutputStream compress(OutputStream out) {
		this.compressed.incrementAndGet();
		return new FilterOutputStream(out) {
			@Override
			public void write(int value) throws IOException {
				super.write(value ^ 1);
			}
		};
	}

}
