package io.brpc.spring.boot.autoconfigure;

import io.brpc.client.BrpcClient;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Connects the clients when the application has started, after the server of the same
 * application, and drains them before it. As long as a client waits for calls, the JVM
 * stays.
 * <p>
 * Called by the application context alone, one call at a time; {@link #isRunning()} by
 * any thread.
 */
final class BrpcClientLifecycle implements SmartLifecycle {

	static final int PHASE = BrpcServerLifecycle.PHASE + 1024;

	private final BrpcClients clients;

	private final BrpcClientProperties properties;

	private final boolean serves;

	private volatile boolean running;

	private @Nullable JvmHold hold;

	BrpcClientLifecycle(BrpcClients clients, BrpcClientProperties properties, boolean serves) {
		this.clients = clients;
		this.properties = properties;
		this.serves = serves;
	}

	@Override
	public void start() {
		boolean connects = false;
		for (String name : this.clients.names()) {
			BrpcClient client = this.clients.get(name);
			if (this.properties.require(name).autoConnect()) {
				client.start();
				connects = true;
			}
		}
		if (connects && this.serves) {
			this.hold = JvmHold.begin("brpc-client-hold");
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.clients.made().forEach(BrpcClient::shutdown);
		this.clients.made().forEach(BrpcClient::close);
		if (this.hold != null) {
			this.hold.release();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
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
