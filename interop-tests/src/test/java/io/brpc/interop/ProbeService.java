package io.brpc.interop;

import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * An {@link ExerciseService} that also does what the text of a request says. The Go peer
 * has the same, with the same words:
 * <ul>
 * <li>{@code fail} fails with NOT_FOUND, words and trailers</li>
 * <li>{@code metadata} sends what the request has of {@code probe} and {@code probe-bin}
 * back, as headers and as trailers</li>
 * <li>{@code wait} waits until it is cancelled</li>
 * <li>{@code waiting} says how many calls have begun to wait</li>
 * <li>{@code cancelled} says how many of them have been cancelled</li>
 * <li>{@code data} answers with as many bytes as {@code count} says</li>
 * </ul>
 * Safe for use by any thread.
 */
final class ProbeService extends ExerciseGrpc.ExerciseImplBase {

	static final Metadata.Key<String> PROBE = Metadata.Key.of("probe", Metadata.ASCII_STRING_MARSHALLER);

	static final Metadata.Key<byte[]> PROBE_BIN = Metadata.Key.of("probe-bin", Metadata.BINARY_BYTE_MARSHALLER);

	private final ExerciseService exercise;

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicInteger cancelled = new AtomicInteger();

	private ProbeService(ExerciseService exercise) {
		this.exercise = exercise;
	}

	/**
	 * Returns a service to be registered.
	 * @param exercise serves the requests that say nothing else
	 * @return the service
	 */
	static ServerServiceDefinition over(ExerciseService exercise) {
		return ServerInterceptors.intercept(new ProbeService(exercise), new Echo());
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		switch (request.getText()) {
			case "fail" -> responses.onError(failure());
			case "wait" -> await(responses);
			case "waiting" -> answer(Payload.newBuilder().setCount(this.waiting.get()), responses);
			case "cancelled" -> answer(Payload.newBuilder().setCount(this.cancelled.get()), responses);
			case "data" ->
				answer(Payload.newBuilder().setData(ByteString.copyFrom(new byte[request.getCount()])), responses);
			default -> this.exercise.unary(request, responses);
		}
	}

	private static Exception failure() {
		Metadata trailers = new Metadata();
		trailers.put(PROBE, "why");
		trailers.put(PROBE_BIN, new byte[] { 0, (byte) 0xff });
		return Status.NOT_FOUND.withDescription("no such grüß").asRuntimeException(trailers);
	}

	private static void answer(Payload.Builder answer, StreamObserver<Payload> responses) {
		responses.onNext(answer.build());
		responses.onCompleted();
	}

	private void await(StreamObserver<Payload> responses) {
		((ServerCallStreamObserver<Payload>) responses).setOnCancelHandler(this.cancelled::incrementAndGet);
		this.waiting.incrementAndGet();
	}

	@Override
	public void serverStream(Payload request, StreamObserver<Payload> responses) {
		if ("wait".equals(request.getText())) {
			await(responses);
			responses.onNext(request);
		}
		else {
			this.exercise.serverStream(request, responses);
		}
	}

	@Override
	public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
		return this.exercise.clientStream(responses);
	}

	@Override
	public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
		return this.exercise.bidiStream(responses);
	}

	/**
	 * Sends the request's headers back, if they have something to be sent back.
	 */
	private static final class Echo implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata request,
				ServerCallHandler<Q, A> next) {
			Metadata echo = new Metadata();
			copy(PROBE, request, echo);
			copy(PROBE_BIN, request, echo);
			if (echo.keys().isEmpty()) {
				return next.startCall(call, request);
			}
			return next.startCall(new EchoingCall<>(call, echo), request);
		}

		private static <T> void copy(Metadata.Key<T> key, Metadata from, Metadata to) {
			Iterable<T> values = from.getAll(key);
			if (values != null) {
				values.forEach((value) -> to.put(key, value));
			}
		}

	}

	private static final class EchoingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		private final Metadata echo;

		EchoingCall(ServerCall<Q, A> call, Metadata echo) {
			super(call);
			this.echo = echo;
		}

		@Override
		public void sendHeaders(Metadata headers) {
			headers.merge(this.echo);
			super.sendHeaders(headers);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			trailers.merge(this.echo);
			super.close(status, trailers);
		}

	}

}
