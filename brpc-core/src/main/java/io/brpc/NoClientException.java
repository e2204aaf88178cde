package io.brpc;

import java.io.Serial;
import java.time.Duration;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * There is no client to call. A handler that lets it pass ends its call with the same
 * status, rather than with the {@code UNKNOWN} that gRPC makes of other exceptions.
 */
public final class NoClientException extends StatusRuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private NoClientException(Status status) {
		super(status);
	}

	/**
	 * Returns the failure of a call to "the current client" where there is none.
	 * @return the exception, {@code FAILED_PRECONDITION}
	 */
	public static NoClientException outsideCall() {
		return new NoClientException(Status.FAILED_PRECONDITION
			.withDescription("there is no calling client: this is not inside a call that came over a brpc connection "
					+ "(it came over plain TCP, or this thread does not carry the call's io.grpc.Context); "
					+ "use forConnection(id), or hand the context on, with Context.currentContextExecutor or by "
					+ "Spring's context propagation"));
	}

	/**
	 * Returns the failure of a call to a client that is not connected.
	 * @param id the connection that was asked for
	 * @return the exception, {@code NOT_FOUND}
	 */
	public static NoClientException unknown(ConnectionId id) {
		return new NoClientException(Status.NOT_FOUND
			.withDescription("no client is connected as " + id + "; a client that reconnects gets a new ID"));
	}

	/**
	 * Returns the failure of a call to a client that is not connected.
	 * @param name the name of the principal that was asked for
	 * @return the exception, {@code NOT_FOUND}
	 */
	public static NoClientException unknownPrincipal(String name) {
		return new NoClientException(
				Status.NOT_FOUND.withDescription("no client is connected with the principal " + name));
	}

	/**
	 * Returns the failure of a call to the one client of a principal that several have.
	 * @param name the name of the principal
	 * @param count how many connections have it
	 * @return the exception, {@code FAILED_PRECONDITION}
	 */
	public static NoClientException ambiguousPrincipal(String name, int count) {
		return new NoClientException(
				Status.FAILED_PRECONDITION.withDescription(count + " clients are connected with the principal " + name
						+ ", expected one; choose with forConnection(id)"));
	}

	/**
	 * Returns the failure of a call to anybody in a group.
	 * @param group the group's name
	 * @return the exception, {@code NOT_FOUND}
	 */
	public static NoClientException emptyGroup(String group) {
		return new NoClientException(Status.NOT_FOUND.withDescription("no client is in the group " + group));
	}

	/**
	 * Returns the failure to wait for a client.
	 * @param who which client was waited for, in words
	 * @param limit how long
	 * @return the exception, {@code DEADLINE_EXCEEDED}
	 */
	public static NoClientException absent(String who, Duration limit) {
		return new NoClientException(Status.DEADLINE_EXCEEDED
			.withDescription("no client " + who + " was connected within " + limit.toMillis() + " ms"));
	}

	/**
	 * Returns the failure to wait for a client of a server that shuts down.
	 * @param who which client was waited for, in words
	 * @return the exception, {@code UNAVAILABLE}
	 */
	public static NoClientException shutdown(String who) {
		return new NoClientException(Status.UNAVAILABLE
			.withDescription("no client " + who + " will be connected: the server is shutting down"));
	}

}
