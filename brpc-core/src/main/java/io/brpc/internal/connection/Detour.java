package io.brpc.internal.connection;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * What a client has to know that leaves its connection for another one: that it need not
 * wait, and which server has sent it away. Told on the event loop, but for
 * {@link #onChange}; asked by any thread.
 */
public final class Detour {

	private volatile boolean leaving;

	private volatile @Nullable InetSocketAddress avoided;

	private volatile Runnable onChange = () -> {
	};

	Detour() {
	}

	/**
	 * Returns the server that has told this client to go.
	 * @return its address, which is to be dialed last; null if there has been a
	 * connection since
	 */
	public @Nullable InetSocketAddress avoided() {
		return this.avoided;
	}

	/**
	 * Sets what to do when {@link #avoided()} has a new value.
	 * @param onChange called on the event loop
	 */
	public void onChange(Runnable onChange) {
		this.onChange = onChange;
	}

	/**
	 * Tells, once for each time, that the connection is being drained and has to be
	 * replaced; there is no reason then to wait.
	 * @return whether that happened since the last question
	 */
	public boolean takeLeave() {
		boolean leaving = this.leaving;
		this.leaving = false;
		return leaving;
	}

	/**
	 * The connection is drained.
	 * @param forAnother whether another one is to take its place
	 */
	void leave(boolean forAnother) {
		this.leaving = forAnother;
	}

	/**
	 * A server has told this client to go.
	 * @param server its address
	 */
	void avoid(InetSocketAddress server) {
		this.avoided = server;
		this.onChange.run();
	}

	/**
	 * There is a connection again.
	 */
	void end() {
		this.avoided = null;
		this.leaving = false;
	}

}
