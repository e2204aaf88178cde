package io.brpc.internal.connection;

import java.util.HashMap;
import java.util.Map;

import io.brpc.DuplicatePrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of each client, where a client may have but one.
 * <p>
 * Event-loop confined.
 *
 * @param <C> the connections
 */
final class SoleConnections<C> {

	private final Map<String, C> holders = new HashMap<>();

	private final DuplicatePrincipal policy;

	SoleConnections(DuplicatePrincipal policy) {
		this.policy = policy;
	}

	/**
	 * Asks for the client's place, now that it is known who it is. The place is taken
	 * before the connection is ready: otherwise several that come at the same time would
	 * all find it free.
	 * @param principal who the client is; null if nobody knows
	 * @param connection its connection
	 * @return null if it may go on, or else why not
	 */
	@Nullable String admit(@Nullable String principal, C connection) {
		if (principal == null || this.policy != DuplicatePrincipal.REJECT) {
			return null;
		}
		return (this.holders.putIfAbsent(principal, connection) != null) ? principal + " is connected already" : null;
	}

	/**
	 * Takes the client's place, now that the connection is ready.
	 * @param principal who the client is; null if nobody knows
	 * @param connection its connection
	 * @return the connection that had the place and is to be closed, or null
	 */
	@Nullable C takeOver(@Nullable String principal, C connection) {
		if (principal == null || this.policy != DuplicatePrincipal.REPLACE) {
			return null;
		}
		return this.holders.put(principal, connection);
	}

	/**
	 * Gives the client's place back, if it is this connection that has it.
	 * @param principal who the client is; null if nobody knows
	 * @param connection its connection
	 */
	void release(@Nullable String principal, C connection) {
		if (principal != null) {
			this.holders.remove(principal, connection);
		}
	}

	boolean isEmpty() {
		return this.holders.isEmpty();
	}

}
