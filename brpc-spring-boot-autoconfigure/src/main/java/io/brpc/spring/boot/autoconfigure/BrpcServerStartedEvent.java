package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import io.brpc.server.BrpcServer;

import org.springframework.context.ApplicationEvent;

/**
 * The brpc server listens. Its port is also the property {@code local.brpc.server.port}
 * of the environment.
 */
public final class BrpcServerStartedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * The UDP port.
	 */
	private final int port;

	BrpcServerStartedEvent(BrpcServer server) {
		super(server);
		this.port = server.getPort();
	}

	/**
	 * Returns the server.
	 * @return the server
	 */
	public BrpcServer getServer() {
		return (BrpcServer) getSource();
	}

	/**
	 * Returns where the server listens.
	 * @return the UDP port
	 */
	public int getPort() {
		return this.port;
	}

}
