package io.brpc.internal.brpc2;

import io.grpc.Status;

/**
 * Gives tests of other packages what only a session gives. Not instantiable.
 */
public final class NotRunStatus {

	private NotRunStatus() {
	}

	public static Status of(String description) {
		return NotRun.mark(Status.UNAVAILABLE.withDescription(description));
	}

}
