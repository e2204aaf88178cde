package io.brpc.internal.connection;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.BrpcConnection;
import io.brpc.NoClientException;
import org.jspecify.annotations.Nullable;

/**
 * Ready connections by one of their properties, with those who wait for one. A key is
 * kept only while there is somebody under it.
 * <p>
 * Safe for use by any thread.
 */
final class ConnectionIndex {

	private final Map<String, Set<BrpcConnection>> connections = new ConcurrentHashMap<>();

	private final Map<String, Set<CompletableFuture<BrpcConnection>>> waiters = new ConcurrentHashMap<>();

	private final String property;

	private final Executor executor;

	private volatile boolean closed;

	/**
	 * Makes an empty index.
	 * @param property what the key is, in words for those who wait in vain
	 * @param executor where waits end
	 */
	ConnectionIndex(String property, Executor executor) {
		this.property = property;
		this.executor = executor;
	}

	void add(String key, BrpcConnection connection) {
		add(this.connections, key, connection);
	}

	void remove(String key, BrpcConnection connection) {
		remove(this.connections, key, connection);
	}

	/**
	 * Ends the waits for a connection, after it was added. Apart from that because it may
	 * call out.
	 * @param key what it was added by
	 * @param connection the connection
	 */
	void tellWaiters(String key, BrpcConnection connection) {
		this.waiters.getOrDefault(key, Set.of()).forEach((waiter) -> waiter.complete(connection));
	}

	Collection<BrpcConnection> find(String key) {
		return List.copyOf(this.connections.getOrDefault(key, Set.of()));
	}

	CompletionStage<BrpcConnection> await(String key, Duration limit) {
		CompletableFuture<BrpcConnection> waiter = new CompletableFuture<>();
		add(this.waiters, key, waiter);
		waiter.whenComplete((connection, failure) -> remove(this.waiters, key, waiter));
		// Looks only now, so that a connection that comes meanwhile is not missed.
		for (BrpcConnection connection : this.connections.getOrDefault(key, Set.of())) {
			waiter.complete(connection);
			return CompletableFuture.completedStage(connection);
		}
		String who = this.property + " " + key;
		if (this.closed) {
			waiter.completeExceptionally(NoClientException.shutdown(who));
		}
		CompletableFuture<BrpcConnection> result = waiter
			.orTimeout(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS)
			.handleAsync((connection, failure) -> outcome(connection, failure, who, limit), this.executor);
		result.whenComplete((connection, failure) -> waiter.cancel(false));
		return result;
	}

	private static BrpcConnection outcome(@Nullable BrpcConnection connection, @Nullable Throwable failure, String who,
			Duration limit) {
		if (connection != null) {
			return connection;
		}
		if (failure instanceof TimeoutException) {
			throw NoClientException.absent(who, limit);
		}
		throw (failure instanceof RuntimeException known) ? known : new CompletionException(failure);
	}

	/**
	 * Tells whether nothing is kept: no connection, and nobody who waits.
	 * @return whether it is so
	 */
	boolean isEmpty() {
		return this.connections.isEmpty() && this.waiters.isEmpty();
	}

	/**
	 * Ends all waits, because no connection will come any more.
	 */
	void close() {
		this.closed = true;
		this.waiters.forEach((key, waiting) -> waiting
			.forEach((waiter) -> waiter.completeExceptionally(NoClientException.shutdown(this.property + " " + key))));
	}

	private static <T> void add(Map<String, Set<T>> sets, String key, T value) {
		sets.compute(key, (ignored, set) -> {
			Set<T> changed = (set != null) ? set : ConcurrentHashMap.newKeySet(1);
			changed.add(value);
			return changed;
		});
	}

	private static <T> void remove(Map<String, Set<T>> sets, String key, T value) {
		sets.computeIfPresent(key, (ignored, set) -> {
			set.remove(value);
			return set.isEmpty() ? null : set;
		});
	}

}
