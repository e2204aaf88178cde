package io.brpc.spring.boot.autoconfigure;

import java.util.Optional;
import java.util.concurrent.Executor;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Boot's convention for virtual threads. Not instantiable.
 */
final class VirtualThreads {

	private VirtualThreads() {
	}

	/**
	 * Makes an executor of virtual threads if the application wants them.
	 * @param environment has {@code spring.threads.virtual.enabled}
	 * @param threadName what the threads' names begin with
	 * @return the executor; empty if they are not wanted, or not in this JVM
	 */
	static Optional<Executor> executor(Environment environment, String threadName) {
		return Threading.VIRTUAL.isActive(environment) ? Optional.of(new VirtualThreadTaskExecutor(threadName))
				: Optional.empty();
	}

}
