package io.brpc.internal.connection;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.brpc.ConnectionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners about connections, on an executor. Safe for use by any thread.
 */
final class Notices {

	private static final Logger logger = LoggerFactory.getLogger(Notices.class);

	private final Collection<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

	private final Executor executor;

	Notices(Executor executor) {
		this.executor = executor;
	}

	void add(ConnectionListener listener) {
		this.listeners.add(listener);
	}

	void remove(ConnectionListener listener) {
		this.listeners.remove(listener);
	}

	/**
	 * Tells every listener, after what was told before about the same connection.
	 * @param before the last notice about the connection
	 * @param notice what to tell
	 * @return completes when all have been told; exceptionally if the executor refused
	 */
	CompletableFuture<Void> tell(CompletableFuture<Void> before, Consumer<ConnectionListener> notice) {
		return before.handleAsync((nothing, failure) -> {
			for (ConnectionListener listener : this.listeners) {
				tell(listener, notice);
			}
			return null;
		}, this.executor);
	}

	private static void tell(ConnectionListener listener, Consumer<ConnectionListener> notice) {
		try {
			notice.accept(listener);
		}
		catch (RuntimeException ex) {
			logger.warn("connection listener {} failed", listener, ex);
		}
	}

}
