package io.brpc.internal.brpc2.frame;

/**
 * Takes the frames of one half of a stream. Event-loop confined.
 */
public interface FrameSink {

	/**
	 * Returns how long a frame may be. Asked when its type is known, before any of its
	 * body is read.
	 * @param type the type
	 * @return the greatest length; negative for a type that is unknown, whose frame is
	 * skipped, however long
	 * @throws WireException if the frame does not belong here
	 */
	long limit(int type);

	/**
	 * A frame is longer than it may be. If this returns, the frame is skipped.
	 * @param type the type
	 * @param length what it claims
	 * @throws WireException if that ends the connection
	 */
	void tooLong(int type, long length);

	/**
	 * A frame is complete.
	 * @param type the type
	 * @param body all of it; good for the duration of the call
	 * @throws WireException if it is not well-formed, or not in its place
	 */
	void frame(int type, FrameCursor body);

}
