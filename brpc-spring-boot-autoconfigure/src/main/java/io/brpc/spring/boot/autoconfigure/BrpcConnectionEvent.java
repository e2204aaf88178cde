package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import io.brpc.BrpcConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * A connection has come or gone. Published on the server's or the client's executor, so
 * that listeners may block, and may call the other end.
 */
public abstract sealed class BrpcConnectionEvent extends ApplicationEvent
		permits BrpcConnectionEstablishedEvent, BrpcConnectionClosedEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * The name of the client connection, null for one of the server.
	 */
	private final @Nullable String connectionName;

	BrpcConnectionEvent(BrpcConnection connection, @Nullable String connectionName) {
		super(connection);
		this.connectionName = connectionName;
	}

	/**
	 * Returns the connection.
	 * @return the connection
	 */
	public BrpcConnection getConnection() {
		return (BrpcConnection) getSource();
	}

	/**
	 * Returns which of this application's clients dialed it.
	 * @return the NAME of {@code brpc.client.connection.NAME}; null for a connection that
	 * this application's server has accepted
	 */
	public @Nullable String getConnectionName() {
		return this.connectionName;
	}

}
