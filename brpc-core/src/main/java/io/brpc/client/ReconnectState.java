package io.brpc.client;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import io.grpc.Status;

/**
 * How a client gets on with its attempts to connect.
 * <p>
 * Immutable.
 *
 * @param attempts how many connections were dialed since the last one was ready; zero
 * while one is
 * @param lastError why there was no connection the last time, or how the last one was
 * lost, {@code UNAVAILABLE}; kept until a connection is ready
 * @param nextAttempt when the next attempt is due at the latest; gRPC, or a call, may
 * make one before. Empty while one is under way, and when nothing waits for one
 */
public record ReconnectState(int attempts, Optional<Status> lastError, Optional<Instant> nextAttempt) {

	/**
	 * Checks that there is all of it.
	 * @throws IllegalArgumentException if the number of attempts is negative
	 */
	public ReconnectState {
		if (attempts < 0) {
			throw new IllegalArgumentException("attempts is " + attempts + ", at least 0");
		}
		Objects.requireNonNull(lastError, "lastError");
		Objects.requireNonNull(nextAttempt, "nextAttempt");
	}

}
