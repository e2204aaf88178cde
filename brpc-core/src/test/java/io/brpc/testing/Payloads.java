package io.brpc.testing;

import java.util.Random;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.Payload;

/**
 * Messages for {@link ExerciseService}. Not instantiable.
 */
public final class Payloads {

	private static final long SEED = 42;

	private Payloads() {
	}

	public static Payload text(String text) {
		return Payload.newBuilder().setText(text).build();
	}

	public static Payload count(int count) {
		return Payload.newBuilder().setCount(count).build();
	}

	/**
	 * Returns a message with data that does not compress and is always the same.
	 * @param size how much, bytes
	 * @return the message
	 */
	public static Payload ofSize(int size) {
		return numbered(size, 0);
	}

	/**
	 * Returns a message with data that does not compress and is the number's own.
	 * @param size how much, bytes
	 * @param number becomes the message's count
	 * @return the message
	 */
	public static Payload numbered(int size, int number) {
		byte[] data = new byte[size];
		new Random(SEED + number).nextBytes(data);
		return Payload.newBuilder().setCount(number).setData(ByteString.copyFrom(data)).build();
	}

}
