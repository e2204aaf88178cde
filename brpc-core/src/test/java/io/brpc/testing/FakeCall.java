package io.brpc.testing;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes nowhere: the test answers it. As safe for use by several threads as a
 * test needs it to be.
 */
public final class FakeCall extends ClientCall<Payload, Payload> {

	private final CallOptions options;

	private final Consumer<FakeCall> asked;

	private final Context context = Context.current();

	private volatile @Nullable Listener<Payload> listener;

	private volatile @Nullable Payload request;

	private volatile @Nullable Status end;

	FakeCall(CallOptions options, Consumer<FakeCall> asked) {
		this.options = options;
		this.asked = asked;
	}

	public CallOptions options() {
		return this.options;
	}

	/**
	 * Returns where the call was made.
	 * @return the context
	 */
	public Context context() {
		return this.context;
	}

	public Payload request() {
		return Objects.requireNonNull(this.request, "no request yet");
	}

	/**
	 * Returns how the call ended.
	 * @return its status; null while it is in flight
	 */
	public @Nullable Status end() {
		return this.end;
	}

	public void answer(Payload... responses) {
		for (Payload response : responses) {
			tell((listener) -> listener.onMessage(response));
		}
		end(Status.OK);
	}

	public void end(Status status) {
		if (this.end == null) {
			this.end = status;
			tell((listener) -> listener.onClose(status, new Metadata()));
		}
	}

	private void tell(Consumer<Listener<Payload>> event) {
		Listener<Payload> listener = Objects.requireNonNull(this.listener, "not started");
		Executor executor = (this.options.getExecutor() != null) ? this.options.getExecutor() : Runnable::run;
		executor.execute(() -> event.accept(listener));
	}

	@Override
	public void start(Listener<Payload> listener, Metadata headers) {
		this.listener = listener;
	}

	@Override
	public void request(int count) {
	}

	@Override
	public void sendMessage(Payload message) {
		this.request = Objects.requireNonNull(message, "message");
	}

	@Override
	public void halfClose() {
		this.asked.accept(this);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		end(Status.CANCELLED.withDescription(message).withCause(cause));
	}

}
