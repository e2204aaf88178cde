package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was ready is gone.
 */
public final class BrpcConnectionClosedEvent extends BrpcConnectionEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient CloseReason reason;

	BrpcConnectionClosedEvent(BrpcConnection connection, @Nullable String connectionName, CloseReason reason) {
		super(connection, connectionName);
		this.reason = reason;
	}

	/**
	 * Returns how it ended.
	 * @return the reason
	 */
	public CloseReason getReason() {
		return this.reason;
	}

}
