package io.brpc.testing;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of an asynchronous call: keeps the messages and how the call ended.
 * Safe for use by any thread.
 */
public final class Recorder implements ClientResponseObserver<Payload, Payload> {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<Payload> messages = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Status> end = new CompletableFuture<>();

	private final Consumer<ClientCallStreamObserver<Payload>> beforeStart;

	private volatile @Nullable ClientCallStreamObserver<Payload> call;

	private Recorder(Consumer<ClientCallStreamObserver<Payload>> beforeStart) {
		this.beforeStart = beforeStart;
	}

	/**
	 * Returns a recorder that reads as fast as messages arrive.
	 * @return the recorder of one call
	 */
	public static Recorder reading() {
		return new Recorder((call) -> {
		});
	}

	/**
	 * Returns a recorder that reads nothing until told.
	 * @return the recorder of one call
	 */
	public static Recorder stalled() {
		return new Recorder((call) -> call.disableAutoRequestWithInitial(0));
	}

	/**
	 * Returns a recorder that reads, and does something to its call before the start.
	 * @param beforeStart what to do
	 * @return the recorder of one call
	 */
	public static Recorder reading(Consumer<ClientCallStreamObserver<Payload>> beforeStart) {
		return new Recorder(beforeStart);
	}

	@Override
	public void beforeStart(ClientCallStreamObserver<Payload> call) {
		this.call = call;
		this.beforeStart.accept(call);
	}

	@Override
	public void onNext(Payload message) {
		this.messages.add(message);
	}

	@Override
	public void onError(Throwable failure) {
		this.end.complete(Status.fromThrowable(failure));
	}

	@Override
	public void onCompleted() {
		this.end.complete(Status.OK);
	}

	public ClientCallStreamObserver<Payload> call() {
		return Objects.requireNonNull(this.call, "the call has not started");
	}

	public List<Payload> messages() {
		return List.copyOf(this.messages);
	}

	public boolean hasEnded() {
		return this.end.isDone();
	}

	/**
	 * Does something when the call has ended.
	 * @param work what to do, on the thread that ends the call
	 */
	public void whenEnded(Runnable work) {
		this.end.thenRun(work);
	}

	/**
	 * Waits for the end of the call.
	 * @return its status
	 */
	public Status awaitEnd() {
		try {
			return this.end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted", ex);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new AssertionError("the call did not end; messages so far: " + this.messages.size(), ex);
		}
	}

}
