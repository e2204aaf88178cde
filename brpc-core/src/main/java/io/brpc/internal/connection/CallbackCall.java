package io.brpc.internal.connection;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One call from the server to a client. From its start to its end it holds one of the
 * places that callbacks to that client have; if there is none left, it ends at once. If
 * it fails because the client has never said anything on the reverse stream, its status
 * says so: a client that does not serve looks like a network without an end otherwise.
 * <p>
 * As safe for use by several threads as any {@link ClientCall}.
 */
final class CallbackCall<Q, A> extends ForwardingClientCall<Q, A> {

	private final Connection connection;

	private final AtomicInteger inFlight;

	private final int maxInFlight;

	private ClientCall<Q, A> delegate;

	private volatile boolean closed;

	CallbackCall(ClientCall<Q, A> delegate, Connection connection, AtomicInteger inFlight, int maxInFlight) {
		this.delegate = delegate;
		this.connection = connection;
		this.inFlight = inFlight;
		this.maxInFlight = maxInFlight;
	}

	@Override
	protected ClientCall<Q, A> delegate() {
		return this.delegate;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		if (this.inFlight.incrementAndGet() > this.maxInFlight) {
			this.inFlight.decrementAndGet();
			this.delegate = new FailedClientCall<>(tooMany());
			this.delegate.start(listener, headers);
			return;
		}
		super.start(new SimpleForwardingClientCallListener<>(listener) {
			@Override
			public void onClose(Status status, Metadata trailers) {
				CallbackCall.this.closed = true;
				CallbackCall.this.inFlight.decrementAndGet();
				super.onClose(explained(status), trailers);
			}
		}, headers);
	}

	/**
	 * Does nothing to a call that has ended. Blocking stubs cancel every call that
	 * failed, and gRPC then resets its HTTP/2 stream, even if the call failed before the
	 * client heard of it: a reset of a stream that never was costs the connection (RFC
	 * 9113, section 5.1).
	 */
	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		if (!this.closed) {
			super.cancel(message, cause);
		}
	}

	private Status tooMany() {
		return Status.RESOURCE_EXHAUSTED.withDescription("client " + this.connection.id() + " has " + this.maxInFlight
				+ " callbacks in flight, which is the limit");
	}

	private Status explained(Status status) {
		if (status.isOk() || this.connection.session().isPeerServing()
				|| this.connection.life().state() == ConnectionState.CLOSED) {
			return status;
		}
		return status.withDescription(this.connection + " has not answered on its reverse gRPC stream (does the client "
				+ "serve the server's calls?): " + status.getDescription());
	}

}
