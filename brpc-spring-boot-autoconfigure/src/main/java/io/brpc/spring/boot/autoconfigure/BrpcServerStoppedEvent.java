package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;

import io.brpc.server.BrpcServer;

import org.springframework.context.ApplicationEvent;

/**
 * The brpc server has ended, with all of its connections.
 */
public final class BrpcServerStoppedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Whether all calls finished in time.
	 */
	private final boolean drained;

	BrpcServerStoppedEvent(BrpcServer server, boolean drained) {
		super(server);
		this.drained = drained;
	}

	/**
	 * Returns the server.
	 * @return the server
	 */
	public BrpcServer getServer() {
		return (BrpcServer) getSource();
	}

	/**
	 * Tells whether all calls ended within the grace period.
	 * @return whether they did; otherwise those that were left were ended
	 */
	public boolean isDrained() {
		return this.drained;
	}

}
