package io.brpc.internal.connection;

import java.util.concurrent.CompletionException;

import io.brpc.NoClientException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Ends a call whose handler lets a {@link NoClientException} pass with that exception's
 * status. Stateless.
 */
final class NoClientInterceptor implements ServerInterceptor {

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		try {
			return new TransmittingListener<>(call, next.startCall(call, headers));
		}
		catch (NoClientException | CompletionException ex) {
			call.close(unwrapped(ex).getStatus(), new Metadata());
			return new ServerCall.Listener<>() {
			};
		}
	}

	/**
	 * Finds the exception in what a handler throws that has waited for a client in vain.
	 */
	private static NoClientException unwrapped(RuntimeException thrown) {
		NoClientException found = noClient(thrown);
		if (found == null) {
			throw thrown;
		}
		return found;
	}

	private static @Nullable NoClientException noClient(Throwable thrown) {
		if (thrown instanceof NoClientException direct) {
			return direct;
		}
		return (thrown instanceof CompletionException && thrown.getCause() instanceof NoClientException awaited)
				? awaited : null;
	}

	/**
	 * Tells what ends the call of a handler that has thrown.
	 * @param thrown what it has thrown
	 * @return the status, or null if this is not about a client that is not there
	 */
	static @Nullable Status statusOf(Throwable thrown) {
		NoClientException found = noClient(thrown);
		return (found != null) ? found.getStatus() : null;
	}

	/**
	 * Catches what the handler throws. A handler that has closed its call already and
	 * throws then gets gRPC's complaint, as ever.
	 */
	private static final class TransmittingListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final ServerCall<Q, ?> call;

		TransmittingListener(ServerCall<Q, ?> call, ServerCall.Listener<Q> delegate) {
			super(delegate);
			this.call = call;
		}

		private void transmit(Runnable event) {
			try {
				event.run();
			}
			catch (NoClientException | CompletionException ex) {
				this.call.close(unwrapped(ex).getStatus(), new Metadata());
			}
		}

		@Override
		public void onMessage(Q message) {
			transmit(() -> super.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			transmit(super::onHalfClose);
		}

		@Override
		public void onReady() {
			transmit(super::onReady);
		}

	}

}
