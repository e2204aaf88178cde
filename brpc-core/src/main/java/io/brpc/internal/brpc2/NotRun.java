package io.brpc.internal.brpc2;

import java.io.Serial;

import io.grpc.Status;

/**
 * Marks the status of a call that no handler has seen, so that it may be made again
 * wherever one likes. Immutable.
 */
public final class NotRun extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Always the same one: it has no stack trace, and takes no suppressed exceptions.
	 */
	@SuppressWarnings("StaticAssignmentOfThrowable")
	private static final NotRun MARK = new NotRun();

	private NotRun() {
		super("no handler has seen the call", null, false, false);
	}

	/**
	 * Marks a status.
	 * @param status a status that is not OK and has no cause
	 * @return the same, marked
	 */
	static Status mark(Status status) {
		return status.withCause(MARK);
	}

	/**
	 * Tells whether the call that ended with a status never reached a handler.
	 * @param status a call's status
	 * @return whether that is known
	 */
	public static boolean is(Status status) {
		return status.getCause() == MARK;
	}

}
