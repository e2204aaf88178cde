package io.brpc.internal.connection;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that ends with a status as soon as it is started, without going anywhere.
 * Immutable.
 */
final class FailedClientCall<Q, A> extends ClientCall<Q, A> {

	private final Status status;

	FailedClientCall(Status status) {
		this.status = status;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		listener.onClose(this.status, new Metadata());
	}

	@Override
	public void request(int numMessages) {
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
	}

	@Override
	public void halfClose() {
	}

	@Override
	public void sendMessage(Q message) {
	}

}
