package io.brpc.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.brpc.CallbackLimits;
import io.brpc.ClientStub;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a call ends the calls that are made in its handler, however far they have
 * got.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class NestedCancellationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	@ParameterizedTest(name = "outer half-closed: {0}, inner half-closed: {1}")
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void cancellationReachesTheCallbackWhoeverHasHalfClosed(boolean outer, boolean inner) throws Exception {
		TestServer server = this.peers.server();
		ClientStub<ExerciseStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newStub);
		Recorder callback = Recorder.reading();
		server.serve(new ExerciseService() {
			@Override
			public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
				StreamObserver<Payload> requests = callers.get().bidiStream(callback);
				requests.onNext(Payloads.text("inner"));
				if (inner) {
					requests.onCompleted();
				}
				return new Silent();
			}
		});
		HangingStream handler = new HangingStream(inner);
		TestClient client = this.peers.client(server, (builder) -> builder.addService(handler));
		Recorder call = Recorder.reading();
		StreamObserver<Payload> requests = ExerciseGrpc.newStub(client.channel()).bidiStream(call);
		requests.onNext(Payloads.text("outer"));
		if (outer) {
			requests.onCompleted();
		}
		handler.running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		call.call().cancel("changed my mind", null);
		assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(callback.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
		handler.cancelled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	@Test
	void cancellationGoesThroughThreeHandlers() throws Exception {
		TestServer server = this.peers.server();
		ClientStub<ExerciseStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newStub);
		HangingStream last = new HangingStream(true);
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				callers.get().unary(request, responses);
			}

			@Override
			public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
				return last.bidiStream(responses);
			}
		});
		AtomicReference<@Nullable Channel> forward = new AtomicReference<>();
		Recorder innermost = Recorder.reading();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				StreamObserver<Payload> requests = ExerciseGrpc.newStub(forward.get()).bidiStream(innermost);
				requests.onNext(request);
				requests.onCompleted();
			}
		}));
		forward.set(client.channel());
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("go"), call);
		last.running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		call.call().cancel("changed my mind", null);
		assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(innermost.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
		last.cancelled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * A stream has no deadline by default, but it has its caller's.
	 */
	@Test
	void streamingCallbackEndsWithTheDeadlineOfTheCall() throws Exception {
		TestServer server = this.peers.server();
		ClientStub<ExerciseStub> callers = ClientStub.of(server.connections(), ExerciseGrpc::newStub);
		Recorder callback = Recorder.reading();
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				callers.get().bidiStream(callback).onNext(request);
			}
		});
		HangingStream handler = new HangingStream(false);
		TestClient client = this.peers.client(server, (builder) -> builder.addService(handler));
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel())
			.withDeadlineAfter(2, TimeUnit.SECONDS)
			.unary(Payload.getDefaultInstance(), call);
		assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(callback.awaitEnd().getCode()).isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);
		handler.cancelled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	@Test
	void theSmallerOfTheCallsDeadlineAndTheDefaultCounts() {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofMinutes(10), 100)));
		ClientStub<ExerciseGrpc.ExerciseBlockingStub> callers = ClientStub.of(server.connections(),
				ExerciseGrpc::newBlockingStub);
		server.serve(new ExerciseService((request) -> callers.get().unary(request)));
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService((request) -> {
			seen.set(Context.current().getDeadline());
			return request;
		})));
		ExerciseGrpc.ExerciseBlockingStub stub = ExerciseGrpc.newBlockingStub(client.channel());
		stub.withDeadlineAfter(5, TimeUnit.MINUTES).unary(Payload.getDefaultInstance());
		assertThat(seen.get()).isNotNull()
			.satisfies((deadline) -> assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(1L, 300L));
		stub.withDeadlineAfter(20, TimeUnit.MINUTES).unary(Payload.getDefaultInstance());
		assertThat(seen.get()).isNotNull()
			.satisfies((deadline) -> assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(301L, 600L));
	}

	/**
	 * Never answers a bidirectional stream, and tells when it has got as far as it gets.
	 */
	private static final class HangingStream extends ExerciseService {

		private final CompletableFuture<Boolean> running = new CompletableFuture<>();

		private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

		private final boolean untilHalfClosed;

		HangingStream(boolean untilHalfClosed) {
			this.untilHalfClosed = untilHalfClosed;
		}

		@Override
		public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
			((ServerCallStreamObserver<Payload>) responses).setOnCancelHandler(() -> this.cancelled.complete(true));
			return new Silent() {
				@Override
				public void onNext(Payload message) {
					if (!HangingStream.this.untilHalfClosed) {
						HangingStream.this.running.complete(true);
					}
				}

				@Override
				public void onCompleted() {
					HangingStream.this.running.complete(true);
				}
			};
		}

	}

	/**
	 * Takes everything and does nothing.
	 */
	private static class Silent implements StreamObserver<Payload> {

		@Override
		public void onNext(Payload message) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
		}

	}

}
