package io.brpc.testing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/**
 * A test that goes on with random input for a time: a second or so in every build, two
 * minutes with {@code -Pstress}, or as long as {@code -Dbrpc.fuzz.seconds} says. It
 * prints its seed, with which {@code -Dbrpc.fuzz.seed} repeats it. Not safe for use by
 * several threads.
 */
public final class FuzzRun {

	private final long seed = Long.getLong("brpc.fuzz.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	private final long endNanos;

	private final String what;

	private long rounds;

	/**
	 * Begins.
	 * @param what is run, for who reads the output
	 * @param small how long it takes in every build
	 */
	public FuzzRun(String what, Duration small) {
		Integer seconds = Integer.getInteger("brpc.fuzz.seconds");
		Duration time = (seconds != null) ? Duration.ofSeconds(seconds) : FaultSize.of(small, Duration.ofMinutes(2));
		this.endNanos = System.nanoTime() + time.toNanos();
		this.what = what;
		System.out.println(what + " for " + time + ", -Dbrpc.fuzz.seed=" + this.seed);
	}

	/**
	 * Tells whether there is time for another round, and counts it. There is for the
	 * first one.
	 * @return whether to go on
	 */
	public boolean goesOn() {
		if (this.rounds > 0 && System.nanoTime() - this.endNanos >= 0) {
			System.out.println(this.what + ": " + this.rounds + " rounds");
			return false;
		}
		this.rounds++;
		return true;
	}

	/**
	 * Returns where chance comes from.
	 * @return always the same
	 */
	public Random random() {
		return this.random;
	}

	/**
	 * Returns what to say of a failure.
	 * @return the seed and the round
	 */
	@Override
	public String toString() {
		return "round " + this.rounds + " of -Dbrpc.fuzz.seed=" + this.seed;
	}

	/**
	 * Changes bytes in a few places: some are wrong, missing, new, there twice, or moved.
	 * @param bytes what to change; left alone
	 * @return other bytes, which may be none
	 */
	public byte[] mutate(byte[] bytes) {
		byte[] mutated = bytes;
		for (int i = 1 + this.random.nextInt(3); i > 0 && mutated.length > 0; i--) {
			int from = this.random.nextInt(mutated.length);
			int to = Math.min(mutated.length, from + 1 + this.random.nextInt(8));
			mutated = switch (this.random.nextInt(5)) {
				case 0 -> wrong(mutated, from);
				case 1 -> spliced(mutated, from, to, new byte[0]);
				case 2 -> spliced(mutated, from, from, garbage());
				case 3 -> spliced(mutated, from, from, Arrays.copyOfRange(mutated, from, to));
				default -> Arrays.copyOf(mutated, from);
			};
		}
		return mutated;
	}

	private byte[] garbage() {
		byte[] garbage = new byte[1 + this.random.nextInt(8)];
		this.random.nextBytes(garbage);
		return garbage;
	}

	private byte[] wrong(byte[] bytes, int index) {
		byte[] copy = bytes.clone();
		copy[index] = (byte) (this.random.nextBoolean() ? this.random.nextInt()
				: copy[index] ^ 1 << this.random.nextInt(Byte.SIZE));
		return copy;
	}

	private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
		return Http2Frames.join(Arrays.copyOf(bytes, from), middle, Arrays.copyOfRange(bytes, to, bytes.length));
	}

}
