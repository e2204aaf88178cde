package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;

import io.brpc.server.BrpcServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the server when the application has started, before the clients of the same
 * application, and drains it after they have gone. A server starts once, so an
 * application context that was stopped can't be started again.
 * <p>
 * Called by the application context alone, one call at a time; {@link #isRunning()} by
 * any thread.
 */
final class BrpcServerLifecycle implements SmartLifecycle {

	/**
	 * That of Boot's web server: late, but before what users start with the default
	 * phase.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 2048;

	private static final Logger logger = LoggerFactory.getLogger(BrpcServerLifecycle.class);

	private final BrpcServer server;

	private final BrpcServerProperties properties;

	private final ApplicationEventPublisher events;

	private volatile @Nullable JvmHold hold;

	BrpcServerLifecycle(BrpcServer server, BrpcServerProperties properties, ApplicationEventPublisher events) {
		this.server = server;
		this.properties = properties;
		this.events = events;
	}

	@Override
	public void start() {
		try {
			this.server.start();
		}
		catch (IOException ex) {
			throw new UdpPortException(this.properties.socketAddress(), ex);
		}
		this.hold = JvmHold.begin("brpc-server-hold");
		logger.info("brpc server listens on UDP port {}", this.server.getPort());
		this.events.publishEvent(new BrpcServerStartedEvent(this.server));
	}

	@Override
	public void stop() {
		JvmHold hold = this.hold;
		if (hold == null) {
			return;
		}
		try {
			boolean drained = this.server.stop(this.properties.shutdown().gracePeriod());
			logger.info(drained ? "brpc server stopped" : "brpc server stopped; calls in flight were ended");
			this.events.publishEvent(new BrpcServerStoppedEvent(this.server, drained));
		}
		catch (InterruptedException ex) {
			this.server.shutdownNow();
			Thread.currentThread().interrupt();
		}
		finally {
			this.hold = null;
			hold.release();
		}
	}

	@Override
	public boolean isRunning() {
		return this.hold != null;
	}

	/**
	 * Returns that connections outlive a pause, which test contexts go through.
	 * @return false
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
