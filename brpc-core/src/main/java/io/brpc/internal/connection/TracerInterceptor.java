package io.brpc.internal.connection;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Tells stream tracers of calls that do not come by gRPC's transport, which would tell
 * them: when a call begins, its messages, and how it ends. Sizes on the wire are not
 * told. To run before every other interceptor.
 * <p>
 * Immutable; the tracers of one call are told one thing after the other.
 */
final class TracerInterceptor implements ServerInterceptor {

	private final List<ServerStreamTracer.Factory> factories;

	TracerInterceptor(List<ServerStreamTracer.Factory> factories) {
		this.factories = List.copyOf(factories);
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		String method = call.getMethodDescriptor().getFullMethodName();
		List<ServerStreamTracer> tracers = new ArrayList<>();
		Context context = Context.current();
		for (ServerStreamTracer.Factory factory : this.factories) {
			ServerStreamTracer tracer = factory.newServerStreamTracer(method, headers);
			context = tracer.filterContext(context);
			tracers.add(tracer);
		}
		TracedCall<Q, A> traced = new TracedCall<>(call, tracers);
		CallInfo<Q, A> info = new CallInfo<>(call);
		tracers.forEach((tracer) -> tracer.serverCallStarted(info));
		return new TracedListener<>(Contexts.interceptCall(context, traced, headers, next), traced);
	}

	private static final class CallInfo<Q, A> extends ServerStreamTracer.ServerCallInfo<Q, A> {

		private final ServerCall<Q, A> call;

		CallInfo(ServerCall<Q, A> call) {
			this.call = call;
		}

		@Override
		public MethodDescriptor<Q, A> getMethodDescriptor() {
			return this.call.getMethodDescriptor();
		}

		@Override
		public Attributes getAttributes() {
			return this.call.getAttributes();
		}

		@Override
		public @Nullable String getAuthority() {
			return this.call.getAuthority();
		}

	}

	private static final class TracedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		private final List<ServerStreamTracer> tracers;

		private volatile Status status = Status.UNKNOWN;

		private int sent;

		TracedCall(ServerCall<Q, A> call, List<ServerStreamTracer> tracers) {
			super(call);
			this.tracers = tracers;
		}

		@Override
		public void sendMessage(A message) {
			int number = this.sent++;
			super.sendMessage(message);
			this.tracers.forEach((tracer) -> tracer.outboundMessage(number));
		}

		@Override
		public void close(Status status, Metadata trailers) {
			this.status = status;
			super.close(status, trailers);
		}

	}

	private static final class TracedListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final TracedCall<Q, ?> call;

		private int received;

		TracedListener(ServerCall.Listener<Q> listener, TracedCall<Q, ?> call) {
			super(listener);
			this.call = call;
		}

		@Override
		public void onMessage(Q message) {
			int number = this.received++;
			this.call.tracers.forEach((tracer) -> tracer.inboundMessage(number));
			super.onMessage(message);
		}

		@Override
		public void onComplete() {
			closed(this.call.status);
			super.onComplete();
		}

		@Override
		public void onCancel() {
			closed(Status.CANCELLED);
			super.onCancel();
		}

		private void closed(Status status) {
			this.call.tracers.forEach((tracer) -> tracer.streamClosed(status));
		}

	}

}
