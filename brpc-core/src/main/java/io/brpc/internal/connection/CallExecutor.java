package io.brpc.internal.connection;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What runs the application's code: an executor that the application gave, or else a pool
 * of our own. The pool has no bound, because handlers that wait for nested calls could
 * use up any bound and leave no thread for the nested calls. Immutable.
 */
public final class CallExecutor {

	private final Executor executor;

	private final @Nullable ExecutorService owned;

	private CallExecutor(Executor executor, @Nullable ExecutorService owned) {
		this.executor = executor;
		this.owned = owned;
	}

	/**
	 * Takes an executor, or makes one.
	 * @param given the application's executor, or null
	 * @param threadName the name of the pool's threads
	 * @return the executor to use
	 */
	public static CallExecutor of(@Nullable Executor given, String threadName) {
		if (given != null) {
			return new CallExecutor(given, null);
		}
		ExecutorService pool = Executors.newCachedThreadPool(new DefaultThreadFactory(threadName, true));
		return new CallExecutor(pool, pool);
	}

	/**
	 * Returns the executor.
	 * @return the application's, or our own
	 */
	public Executor executor() {
		return this.executor;
	}

	/**
	 * Ends our own pool when what it runs is done. Does nothing to the application's
	 * executor.
	 */
	public void close() {
		if (this.owned != null) {
			this.owned.shutdown();
		}
	}

}
