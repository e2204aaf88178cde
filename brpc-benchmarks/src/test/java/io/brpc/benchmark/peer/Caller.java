package io.brpc.benchmark.peer;

import io.brpc.testing.proto.Payload;

/**
 * Calls the other end of one connection. Safe for use by any thread; no method blocks.
 */
public interface Caller {

	/**
	 * Asks for an echo. If the request's count is one, the other end's handler asks this
	 * end for the same before it answers.
	 * @param request the request
	 * @param answer told of the end
	 */
	void call(Payload request, Answer answer);

	/**
	 * Asks for a stream of messages.
	 * @param request the count is that of the messages, the data those of each
	 * @param answer told of the end
	 */
	void stream(Payload request, Answer answer);

}
