package io.brpc.internal.connection;

/**
 * The life of a connection. Each constant says what may come after it.
 */
enum ConnectionState {

	/**
	 * QUIC is up; the ID and the gRPC streams are on their way.
	 */
	HANDSHAKE,

	/**
	 * Calls both ways. Only such a connection is in the registry.
	 */
	READY,

	/**
	 * No new calls; those in flight may finish.
	 */
	DRAINING,

	/**
	 * Gone.
	 */
	CLOSED;

	/**
	 * Tells whether a state may follow this one. Pure.
	 * @param next the state that would follow
	 * @return whether it may
	 */
	boolean mayBecome(ConnectionState next) {
		return switch (this) {
			case HANDSHAKE -> next == READY || next == CLOSED;
			case READY -> next == DRAINING || next == CLOSED;
			case DRAINING -> next == CLOSED;
			case CLOSED -> false;
		};
	}

	/**
	 * Moves on.
	 * @param next the state that follows
	 * @return {@code next}
	 * @throws IllegalStateException if it may not follow this one
	 */
	ConnectionState moveTo(ConnectionState next) {
		if (!mayBecome(next)) {
			throw new IllegalStateException("a connection that is " + this + " can't become " + next);
		}
		return next;
	}

}
