package io.brpc.testing;

import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Numbers the calls of this JVM, in their metadata, and tells of them and of the handlers
 * that run here. Safe for use by any thread.
 */
final class CallWatch {

	private static final Metadata.Key<String> NUMBER = Metadata.Key.of("brpc-test-call",
			Metadata.ASCII_STRING_MARSHALLER);

	private final AtomicLong numbers = new AtomicLong();

	private final String prefix;

	private final CallEvents events;

	/**
	 * Makes a watch.
	 * @param prefix begins the numbers of calls; no other JVM of the test has it
	 * @param events told of the calls
	 */
	CallWatch(String prefix, CallEvents events) {
		this.prefix = prefix;
		this.events = events;
	}

	ClientInterceptor caller() {
		return new Caller();
	}

	ServerInterceptor handler() {
		return new Handler();
	}

	private final class Caller implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			String number = CallWatch.this.prefix + CallWatch.this.numbers.incrementAndGet();
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
				@Override
				public void start(Listener<A> listener, Metadata headers) {
					headers.put(NUMBER, number);
					CallWatch.this.events.called(number, method.getFullMethodName());
					super.start(new SimpleForwardingClientCallListener<>(listener) {
						@Override
						public void onClose(Status status, Metadata trailers) {
							CallWatch.this.events.ended(number, status);
							super.onClose(status, trailers);
						}
					}, headers);
				}
			};
		}

	}

	private final class Handler implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			String number = headers.get(NUMBER);
			if (number == null) {
				return next.startCall(call, headers);
			}
			CallWatch.this.events.handlerRan(number, call.getMethodDescriptor().getFullMethodName());
			return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
				@Override
				public void onComplete() {
					CallWatch.this.events.handlerEnded(number);
					super.onComplete();
				}

				@Override
				public void onCancel() {
					CallWatch.this.events.handlerEnded(number);
					super.onCancel();
				}
			};
		}

	}

}
