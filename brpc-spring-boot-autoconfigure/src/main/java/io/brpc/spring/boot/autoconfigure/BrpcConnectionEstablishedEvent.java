package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import io.brpc.BrpcConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection is ready for calls both ways. It may be gone again by now; its
 * {@link BrpcConnectionClosedEvent} comes after this event.
 */
public final class BrpcConnectionEstablishedEvent extends BrpcConnectionEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	BrpcConnectionEstablishedEvent(BrpcConnection connection, @Nullable String connectionName) {
		super(connection, connectionName);
	}

}
