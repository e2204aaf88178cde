package io.brpc.internal.connection;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What runs the application's code: an executor that the application gave, or else a pool
 * of our own. The pool has no bound, because handlers that wait for nested calls could
 * use up any bound and leave no thread for the nested calls. Immutable.
 */
public final class CallExecutor {

	/**
	 * Runs everything where it comes up, which is the event loop.
	 */
	public static final Executor DIRECT = Runnable::run;

	private static final long IDLE_SECONDS = 60;

	private final Executor executor;

	private final @Nullable ThreadPoolExecutor owned;

	private CallExecutor(Executor executor, @Nullable ThreadPoolExecutor owned) {
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
		ThreadPoolExecutor pool = newPool(threadName);
		return new CallExecutor(pool, pool);
	}

	private static ThreadPoolExecutor newPool(String threadName) {
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
				new DefaultThreadFactory(threadName, true));
	}

	/**
	 * Returns the executor.
	 * @return the application's, or our own
	 */
	public Executor executor() {
		return this.executor;
	}

	/**
	 * Returns what runs the listeners of the calls that this end makes. That is not the
	 * application's executor, which may have a bound: handlers that wait for futures
	 * would hold the threads that complete them, and not even a deadline would end that.
	 * @return our own pool if it runs the handlers, {@link #DIRECT} if that does, or else
	 * null, which gRPC takes for the pool without a bound that its channels share
	 */
	public @Nullable Executor answers() {
		return (this.owned != null || this.executor == DIRECT) ? this.executor : null;
	}

	/**
	 * Returns the same for calls that gRPC's channels do not make.
	 * @return {@link #answers()}, or a pool without a bound that all clients and servers
	 * share
	 */
	public Executor boundlessAnswers() {
		Executor answers = answers();
		return (answers != null) ? answers : SharedPool.INSTANCE;
	}

	/**
	 * Ends the threads of our own pool as soon as they have nothing to do. The pool takes
	 * what comes late, because gRPC ends calls on it even after the last connection has
	 * gone: a pool that refused would let their callers wait for ever. Does nothing to
	 * the application's executor.
	 */
	public void close() {
		if (this.owned != null) {
			this.owned.setKeepAliveTime(0, TimeUnit.SECONDS);
		}
	}

	/**
	 * Made when it is needed first; its threads end when they have nothing to do.
	 */
	private static final class SharedPool {

		private static final Executor INSTANCE = newPool("brpc-answers");

	}

}
