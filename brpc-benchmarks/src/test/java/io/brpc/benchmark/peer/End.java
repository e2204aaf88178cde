package io.brpc.benchmark.peer;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One end: a server, or the clients of one process, as long as the process lives. Not
 * safe for use by several threads.
 */
interface End {

	/**
	 * Returns where the server listens.
	 * @return the port; zero at a client
	 */
	int port();

	/**
	 * Connects more clients and waits until they are ready for calls both ways.
	 * @param count how many
	 * @throws Exception if one does not get its connection
	 */
	void connect(int count) throws Exception;

	/**
	 * Connects a client, makes one call that is called back, and closes it. Safe for use
	 * by any thread; blocks.
	 * @throws Exception if the call fails
	 */
	void connectOnce() throws Exception;

	/**
	 * Returns what calls the other end on each connection.
	 * @return one per connection that is there now
	 */
	List<? extends Caller> callers();

	/**
	 * Returns what has to be the same for all that are compared.
	 * @return names and values, as the connections that are there really have them
	 */
	Map<String, String> settings();

	/**
	 * Asks every client for an echo, many at a time.
	 * @param concurrency how many at a time
	 * @param limit for all of them
	 * @return how many answered well
	 * @throws Exception if it can't be done
	 */
	default int askAll(int concurrency, Duration limit) throws Exception {
		throw new UnsupportedOperationException("no fan-out here");
	}

}
