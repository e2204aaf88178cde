package io.brpc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.client.BrpcClient;

/**
 * The application's clients by the name of their connection. A client is made when it is
 * first asked for, at the latest when the application starts.
 * <p>
 * Safe for use by any thread.
 */
public final class BrpcClients {

	private final Object lock = new Object();

	private final Set<String> names;

	private final Function<String, BrpcClient> factory;

	@GuardedBy("lock")
	private final Map<String, BrpcClient> clients = new HashMap<>();

	BrpcClients(Set<String> names, Function<String, BrpcClient> factory) {
		this.names = Set.copyOf(names);
		this.factory = factory;
	}

	/**
	 * Returns the names of the connections.
	 * @return the NAMEs of {@code brpc.client.connection.NAME}
	 */
	public Set<String> names() {
		return this.names;
	}

	/**
	 * Returns the client of a connection.
	 * @param name the connection's name
	 * @return the client, the same object always
	 * @throws IllegalArgumentException if there is no connection of that name
	 */
	public BrpcClient get(String name) {
		if (!this.names.contains(name)) {
			throw new IllegalArgumentException("there is no brpc.client.connection." + name + ", but " + this.names);
		}
		// The factory is called under the lock, because a second client of the same name
		// must never be. It waits for nobody who could want this lock: beans are made by
		// the thread that starts the application.
		synchronized (this.lock) {
			BrpcClient client = this.clients.get(name);
			if (client == null) {
				client = this.factory.apply(name);
				this.clients.put(name, client);
			}
			return client;
		}
	}

	/**
	 * Returns the client of the connection named {@code default}, or else of the only
	 * one.
	 * @return the client, the same object always
	 * @throws IllegalStateException if there are several and none is named
	 * {@code default}
	 */
	public BrpcClient get() {
		if (this.names.contains("default")) {
			return get("default");
		}
		if (this.names.size() != 1) {
			throw new IllegalStateException("there are several connections and none is named 'default': " + this.names
					+ "; inject BrpcClients and get a client by its name");
		}
		return get(this.names.iterator().next());
	}

	List<BrpcClient> made() {
		synchronized (this.lock) {
			return new ArrayList<>(this.clients.values());
		}
	}

	void shutdownNow() {
		made().forEach(BrpcClient::shutdownNow);
	}

}
