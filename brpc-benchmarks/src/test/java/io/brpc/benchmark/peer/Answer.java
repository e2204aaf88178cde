package io.brpc.benchmark.peer;

import org.jspecify.annotations.Nullable;

/**
 * Told how a call ended, on whichever thread learned of it, once.
 */
@FunctionalInterface
public interface Answer {

	/**
	 * The call has ended.
	 * @param bytes of data in its messages
	 * @param failure what went wrong; null if nothing did
	 */
	void ended(long bytes, @Nullable Throwable failure);

}
