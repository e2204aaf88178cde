package io.brpc;

import java.util.Collection;
import java.util.Optional;

import io.grpc.Channel;

/**
 * The connections of one server that are ready for calls. A connection is in the registry
 * exactly while it is ready: from the moment that its first call may arrive until it
 * drains or closes.
 * <p>
 * Safe for use by any thread. No method blocks.
 */
public interface ConnectionRegistry {

	/**
	 * Finds a connection.
	 * @param id its ID
	 * @return the connection; empty if there is none of that ID, or no longer
	 */
	Optional<BrpcConnection> find(ConnectionId id);

	/**
	 * Lists the connections.
	 * @return a snapshot, in no order
	 */
	Collection<BrpcConnection> all();

	/**
	 * Returns the connection of the call that is being handled: the one that came with
	 * the current {@link io.grpc.Context}.
	 * @return the connection, ready or not; empty outside a call, and in a call that did
	 * not come over one of this server's brpc connections
	 */
	Optional<BrpcConnection> current();

	/**
	 * Returns a channel that decides anew for every call whom it calls: the client of the
	 * call that is being handled, as {@link #current()} has it at that moment.
	 * @return a channel for stubs that are made once and used in every handler; outside a
	 * call its calls fail with {@code FAILED_PRECONDITION}
	 */
	Channel currentChannel();

	/**
	 * Adds a listener. It is told of connections that come from now on, and when they go.
	 * @param listener the listener
	 */
	void addListener(ConnectionListener listener);

	/**
	 * Removes a listener. A notice that is under way still arrives.
	 * @param listener the listener
	 */
	void removeListener(ConnectionListener listener);

}
