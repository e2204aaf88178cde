package io.brpc.testing;

import io.grpc.Status;

/**
 * Told of calls and of handler runs, wherever they are: in this JVM by {@link CallWatch},
 * in another one by {@link PrintedCalls}. Implementations are safe for use by any thread.
 */
interface CallEvents {

	/**
	 * A call begins.
	 * @param number tells it apart from all others
	 * @param method its full name
	 */
	void called(String number, String method);

	/**
	 * A call has ended, at the caller.
	 * @param number the call's
	 * @param status what it ended with
	 */
	void ended(String number, Status status);

	/**
	 * A handler begins to run.
	 * @param number the number of the call that it runs for
	 * @param method its full name
	 */
	void handlerRan(String number, String method);

	/**
	 * A handler's call has ended, well or not.
	 * @param number the call's
	 */
	void handlerEnded(String number);

}
