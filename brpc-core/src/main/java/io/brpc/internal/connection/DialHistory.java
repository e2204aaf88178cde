package io.brpc.internal.connection;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What became of a client's attempts to connect. Immutable.
 *
 * @param attempts how many there were since a connection was ready
 * @param lastError how the last one failed, or the last connection was lost; null if a
 * connection has been ready since
 */
public record DialHistory(int attempts, @Nullable Status lastError) {

	static final DialHistory NONE = new DialHistory(0, null);

	DialHistory withAttempt() {
		return new DialHistory(this.attempts + 1, this.lastError);
	}

	DialHistory withError(Status error) {
		return new DialHistory(this.attempts, error);
	}

}
