package io.brpc;

/**
 * What a server does when a client connects that is connected already: one whose
 * {@link BrpcConnection#principal()} has the same name. Of clients without a principal
 * nobody can tell. A connection that drains or has closed is no longer in the way.
 */
public enum DuplicatePrincipal {

	/**
	 * Both stay.
	 */
	ALLOW,

	/**
	 * The one that is there stays, and the new one is refused with
	 * {@link CloseCode#REFUSED}. A client whose network broke is refused until its old
	 * connection times out ({@link TransportSettings#maxIdleTimeout()}).
	 */
	REJECT,

	/**
	 * The new one stays, and when it is ready the one that was there is closed with
	 * {@link CloseCode#REPLACED}. Not before, so that a client that does not get through
	 * ends no connection that works. Listeners are told that the old one is gone before
	 * they are told of the new one.
	 */
	REPLACE

}
