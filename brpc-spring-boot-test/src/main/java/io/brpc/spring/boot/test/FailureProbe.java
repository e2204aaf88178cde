package io.brpc.spring.boot.test;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;

/**
 * Learns why a channel has no connection: a call through it fails, and says so.
 * Immutable.
 */
final class FailureProbe extends ClientCall.Listener<InputStream> {

	private static final MethodDescriptor<InputStream, InputStream> METHOD = MethodDescriptor
		.newBuilder(new Bytes(), new Bytes())
		.setType(MethodType.UNARY)
		.setFullMethodName("brpc.test.Probe/Probe")
		.build();

	private static final long LIMIT_SECONDS = 5;

	private final CompletableFuture<Status> closed = new CompletableFuture<>();

	private FailureProbe() {
	}

	/**
	 * Makes the call.
	 * @param channel a channel whose last attempt to connect has failed
	 * @return what the call ends with
	 */
	static Status of(Channel channel) {
		FailureProbe probe = new FailureProbe();
		ClientCall<InputStream, InputStream> call = channel.newCall(METHOD,
				CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS));
		call.start(probe, new Metadata());
		call.halfClose();
		return probe.closed.join();
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.closed.complete(status.isOk() ? Status.INTERNAL.withDescription("there is a connection") : status);
	}

	/**
	 * Passes bytes on. Stateless.
	 */
	private static final class Bytes implements MethodDescriptor.Marshaller<InputStream> {

		@Override
		public InputStream stream(InputStream value) {
			return value;
		}

		@Override
		public InputStream parse(InputStream stream) {
			return new ByteArrayInputStream(new byte[0]);
		}

	}

}
