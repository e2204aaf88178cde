package io.brpc.internal.brpc2;

import java.util.concurrent.Executor;

import io.grpc.Metadata;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one served call, which the application chooses when the call begins.
 * Until then, and to choose, there is the server's executor. Safe for use by any thread,
 * one at a time.
 */
final class CallExecutors implements Executor {

	private final ServerCallExecutorSupplier supplier;

	private final Executor first;

	private final InboundCall<?, ?> call;

	private final Metadata headers;

	private volatile @Nullable Executor chosen;

	private CallExecutors(ServerCallExecutorSupplier supplier, Executor first, InboundCall<?, ?> call,
			Metadata headers) {
		this.supplier = supplier;
		this.first = first;
		this.call = call;
		this.headers = headers;
	}

	/**
	 * Returns what runs the handler of a call.
	 * @param service what is served
	 * @param call the call
	 * @param headers its metadata
	 * @return an executor
	 */
	static Executor of(CallService service, InboundCall<?, ?> call, Metadata headers) {
		ServerCallExecutorSupplier supplier = service.executorSupplier();
		return (supplier != null) ? new CallExecutors(supplier, service.executor(), call, headers) : service.executor();
	}

	@Override
	public void execute(Runnable task) {
		Executor chosen = this.chosen;
		if (chosen != null) {
			chosen.execute(task);
		}
		else {
			this.first.execute(() -> choose(task));
		}
	}

	private void choose(Runnable task) {
		try {
			Executor wanted = this.supplier.getExecutor(this.call.handle(), this.headers);
			if (wanted != null) {
				this.chosen = wanted;
				wanted.execute(task);
				return;
			}
		}
		catch (RuntimeException ex) {
			this.call.failLater(Status.fromThrowable(ex));
		}
		this.chosen = this.first;
		task.run();
	}

}
