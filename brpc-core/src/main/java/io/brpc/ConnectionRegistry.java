package io.brpc;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

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
	 * Lists the connections of one client, which are several if it dialed several times.
	 * @param name the name of {@link BrpcConnection#principal()}
	 * @return a snapshot, in no order; empty if the client is not connected
	 */
	Collection<BrpcConnection> withPrincipal(String name);

	/**
	 * Lists the connections in a group.
	 * @param group the group's name
	 * @return a snapshot, in no order; empty if nobody is in it
	 * @see BrpcConnection#joinGroup(String)
	 */
	Collection<BrpcConnection> inGroup(String group);

	/**
	 * Lists the connections that have an attribute. Looks at every connection: to find
	 * some of many often, put them into a group.
	 * @param key a key of {@link BrpcConnection#attributes()}
	 * @param value what the attribute has to be equal to
	 * @return a snapshot, in no order
	 */
	Collection<BrpcConnection> withAttribute(String key, Object value);

	/**
	 * Lists the connections of which something is true, such as where they come from or
	 * since when they are there. Looks at every connection.
	 * @param condition asked about each, on this thread
	 * @return a snapshot, in no order
	 */
	default Collection<BrpcConnection> matching(Predicate<? super BrpcConnection> condition) {
		return all().stream().filter(condition).toList();
	}

	/**
	 * Waits until a client is connected.
	 * @param name the name of {@link BrpcConnection#principal()}
	 * @param limit how long to wait; zero not to wait at all
	 * @return completes at once with one of the client's connections if there is one, or
	 * else on the server's executor with the first that becomes ready, which may be gone
	 * again by then; or exceptionally with a {@link NoClientException},
	 * {@code DEADLINE_EXCEEDED} when the time is up, {@code UNAVAILABLE} when the server
	 * shuts down
	 */
	CompletionStage<BrpcConnection> awaitPrincipal(String name, Duration limit);

	/**
	 * Waits until somebody is in a group.
	 * @param group the group's name
	 * @param limit how long to wait; zero not to wait at all
	 * @return completes as that of {@link #awaitPrincipal(String, Duration)} does
	 */
	CompletionStage<BrpcConnection> awaitGroup(String group, Duration limit);

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
