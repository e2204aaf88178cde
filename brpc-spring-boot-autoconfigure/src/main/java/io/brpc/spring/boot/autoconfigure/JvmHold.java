package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the JVM alive while something waits for calls, as a web server does; the threads
 * of brpc itself are daemons. Safe for use by any thread.
 */
final class JvmHold {

	private final CountDownLatch released = new CountDownLatch(1);

	private JvmHold() {
	}

	/**
	 * Begins to hold.
	 * @param threadName the name of the thread that does it
	 * @return the hold
	 */
	static JvmHold begin(String threadName) {
		JvmHold hold = new JvmHold();
		Thread thread = new Thread(hold::await, threadName);
		thread.setDaemon(false);
		thread.start();
		return hold;
	}

	private void await() {
		try {
			this.released.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	void release() {
		this.released.countDown();
	}

}
