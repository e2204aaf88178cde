package io.brpc.spring.boot.autoconfigure.observability;

import java.util.Optional;

import io.brpc.BrpcConnection;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts the ID of a call's connection into the log context while the call is handled, on
 * either side: around each callback of gRPC, because they come on different threads.
 * <p>
 * Safe for use by any thread.
 */
final class ConnectionLogContext implements ServerInterceptor {

	/**
	 * The key in the {@link MDC}.
	 */
	static final String KEY = "brpc.connection";

	private final CurrentConnection current;

	ConnectionLogContext(CurrentConnection current) {
		this.current = current;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Optional<BrpcConnection> connection = this.current.forward().or(this.current::reverse);
		if (connection.isEmpty()) {
			return next.startCall(call, headers);
		}
		String id = connection.get().id().toString();
		try (Scope scope = new Scope(id)) {
			return new LoggingListener<>(next.startCall(call, headers), id);
		}
	}

	/**
	 * The time in which the ID is in the log context of a thread.
	 */
	private static final class Scope implements AutoCloseable {

		private final @Nullable String before = MDC.get(KEY);

		Scope(String id) {
			MDC.put(KEY, id);
		}

		@Override
		public void close() {
			if (this.before != null) {
				MDC.put(KEY, this.before);
			}
			else {
				MDC.remove(KEY);
			}
		}

	}

	private static final class LoggingListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final String id;

		LoggingListener(ServerCall.Listener<Q> delegate, String id) {
			super(delegate);
			this.id = id;
		}

		@Override
		public void onMessage(Q message) {
			try (Scope scope = new Scope(this.id)) {
				super.onMessage(message);
			}
		}

		@Override
		public void onHalfClose() {
			try (Scope scope = new Scope(this.id)) {
				super.onHalfClose();
			}
		}

		@Override
		public void onCancel() {
			try (Scope scope = new Scope(this.id)) {
				super.onCancel();
			}
		}

		@Override
		public void onComplete() {
			try (Scope scope = new Scope(this.id)) {
				super.onComplete();
			}
		}

		@Override
		public void onReady() {
			try (Scope scope = new Scope(this.id)) {
				super.onReady();
			}
		}

	}

}
