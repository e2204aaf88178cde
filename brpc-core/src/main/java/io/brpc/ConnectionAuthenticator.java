package io.brpc;

/**
 * Says who a client is, or refuses it. A server asks once per connection, when TLS is set
 * up and before the client has an ID or a call of it is served.
 * <p>
 * Called on the server's executor, never on an event loop, so it may block, and for
 * several connections at the same time. It has what is left of the set-up time
 * ({@link TransportSettings#setupTimeout()}); when that is over, or the client has gone,
 * its thread is interrupted and what it returns is dropped.
 */
@FunctionalInterface
public interface ConnectionAuthenticator {

	/**
	 * Decides about a connection.
	 * @param request what is known about it
	 * @return who the client is
	 * @throws ConnectionRefusedException if the client is not to connect, which is told
	 * why
	 * @throws Exception if it can't be decided; the client is refused and told only that
	 * authentication failed, the server's log has the exception
	 */
	ClientIdentity authenticate(ConnectionRequest request) throws Exception;

}
