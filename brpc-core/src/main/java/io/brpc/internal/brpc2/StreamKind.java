package io.brpc.internal.brpc2;

/**
 * The first byte of a stream. Not instantiable.
 */
final class StreamKind {

	/** One from each end, for all that concerns no single call. */
	static final int CONTROL = 0x01;

	/** Many unary calls. */
	static final int LANE = 0x02;

	/** One call. */
	static final int OWN = 0x03;

	/** One answer that is too large for the lane of its call. */
	static final int ANSWER = 0x04;

	private StreamKind() {
	}

}
