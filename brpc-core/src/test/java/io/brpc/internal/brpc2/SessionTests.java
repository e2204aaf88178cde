package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.brpc.CloseCode;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How a session begins, lives and ends.
 */
@ExtendWith(Leaks.class)
class SessionTests {

	private final CompletableFuture<StreamObserver<Payload>> pending = new CompletableFuture<>();

	private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

	private SessionPair pair;

	@BeforeEach
	void connect() {
		List<BindableService> services = List.of(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				if (request.getCount() == 0) {
					super.unary(request, responses);
				}
				else {
					((ServerCallStreamObserver<Payload>) responses)
						.setOnCancelHandler(() -> SessionTests.this.cancelled.complete(null));
					SessionTests.this.pending.complete(responses);
				}
			}
		});
		this.pair = new SessionPair(new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run, services),
				new SessionPeer(Side.CLIENT, SessionSettings.defaults(), Runnable::run, services));
	}

	@AfterEach
	void close() {
		this.pair.close();
	}

	private SessionPeer other(Side side) {
		return this.pair.peer((side == Side.SERVER) ? Side.CLIENT : Side.SERVER);
	}

	private static Payload waiting() {
		return Payload.newBuilder().setCount(1).build();
	}

	@Test
	void clientLearnsTheConnectionIdAndTheServerDoesNot() {
		assertThat(this.pair.client().awaitReady()).isNotNull();
		assertThat(this.pair.server().awaitReady()).isNull();
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void pingIsAnswered(Side side) throws Exception {
		List<CompletableFuture<Long>> times = new ArrayList<>();
		SessionPeer peer = this.pair.peer(side);
		for (int i = 0; i < 5; i++) {
			CompletableFuture<Long> time = new CompletableFuture<>();
			times.add(time);
			peer.run(() -> peer.session().ping(time::complete));
		}
		for (CompletableFuture<Long> time : times) {
			assertThat(time.get(30, TimeUnit.SECONDS)).isPositive();
		}
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void drainLetsCallsInFlightFinishAndHandlersCallBackMeanwhile(Side side) throws Exception {
		SessionPeer drainer = this.pair.peer(side);
		SessionPeer server = this.pair.server();
		SessionPeer client = this.pair.client();
		ListenableFuture<Payload> answer = ExerciseGrpc.newFutureStub(client.channel()).unary(waiting());
		this.pending.get(30, TimeUnit.SECONDS);
		drainer.run(() -> drainer.session().drain());
		other(side).awaitToldToGo();
		assertThat(statusOf(ExerciseGrpc.newFutureStub(client.channel()).unary(waiting())))
			.satisfies((status) -> assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE))
			.satisfies((status) -> assertThat(NotRun.is(status)).isTrue());
		assertThat(ExerciseGrpc.newBlockingStub(server.channel())
			.withDeadlineAfter(30, TimeUnit.SECONDS)
			.unary(Payload.getDefaultInstance())).isEqualTo(Payload.getDefaultInstance());
		assertThat(drainer.isDrained()).isFalse();
		server.run(() -> {
			this.pending.join().onNext(waiting());
			this.pending.join().onCompleted();
		});
		assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(waiting());
		server.awaitDrained();
		client.awaitDrained();
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void drainLetsTheServersCallsFinish(Side side) throws Exception {
		SessionPeer drainer = this.pair.peer(side);
		ListenableFuture<Payload> answer = ExerciseGrpc.newFutureStub(this.pair.server().channel()).unary(waiting());
		this.pending.get(30, TimeUnit.SECONDS);
		drainer.run(() -> drainer.session().drain());
		other(side).awaitToldToGo();
		this.pair.server().awaitForwardEnded();
		assertThat(statusOf(ExerciseGrpc.newFutureStub(this.pair.server().channel()).unary(waiting())))
			.satisfies((status) -> assertThat(NotRun.is(status)).isTrue());
		assertThat(this.pair.server().isDrained()).isFalse();
		assertThat(this.pair.client().isDrained()).isFalse();
		this.pair.client().run(() -> {
			this.pending.join().onNext(waiting());
			this.pending.join().onCompleted();
		});
		assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(waiting());
		this.pair.server().awaitDrained();
		this.pair.client().awaitDrained();
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void drainOfBothEndsAtATimeEnds(Side side) {
		this.pair.server().run(() -> this.pair.server().session().drain());
		this.pair.client().run(() -> this.pair.client().session().drain());
		this.pair.peer(side).awaitDrained();
		other(side).awaitDrained();
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void lossEndsCallsOfBothEnds(Side side) throws Exception {
		SessionPeer caller = this.pair.peer(side);
		ListenableFuture<Payload> answer = ExerciseGrpc.newFutureStub(caller.channel()).unary(waiting());
		StreamEnd stream = new StreamEnd();
		ExerciseGrpc.newStub(caller.channel()).bidiStream(stream);
		this.pending.get(30, TimeUnit.SECONDS);
		other(side).close(CloseCode.INTERNAL_ERROR);
		assertThat(statusOf(answer).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(stream.status.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		this.cancelled.get(30, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(() -> caller.session().outboundCalls() == 0);
		assertThat(statusOf(ExerciseGrpc.newFutureStub(caller.channel()).unary(waiting())).getDescription())
			.contains("INTERNAL_ERROR");
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void messagesWithoutHeedOfReadinessAreRefusedBeyondTheLimit(Side side) throws Exception {
		SessionPeer caller = this.pair.peer(side);
		Payload payload = Payload.newBuilder().setData(ByteString.copyFrom(new byte[1 << 20])).build();
		CompletableFuture<Status> status = new CompletableFuture<>();
		ClientCall<Payload, Payload> call = caller.channel()
			.newCall(ExerciseGrpc.getBidiStreamMethod(), CallOptions.DEFAULT);
		call.start(new ClientCall.Listener<>() {
			@Override
			public void onClose(Status closed, Metadata trailers) {
				status.complete(closed);
			}
		}, new Metadata());
		for (int i = 0; i < 200 && !status.isDone(); i++) {
			call.sendMessage(payload);
		}
		assertThat(status.get(30, TimeUnit.SECONDS))
			.satisfies((closed) -> assertThat(closed.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
			.satisfies((closed) -> assertThat(closed.getDescription()).contains("limit is 67108864"));
	}

	private static Status statusOf(ListenableFuture<Payload> answer) throws Exception {
		try {
			answer.get(30, TimeUnit.SECONDS);
			return Status.OK;
		}
		catch (ExecutionException ex) {
			return Status.fromThrowable(ex.getCause());
		}
	}

	/**
	 * Waits for the end of a call.
	 */
	private static final class StreamEnd implements StreamObserver<Payload> {

		private final CompletableFuture<Status> status = new CompletableFuture<>();

		@Override
		public void onNext(Payload message) {
		}

		@Override
		public void onError(Throwable failure) {
			this.status.complete(Status.fromThrowable(failure));
		}

		@Override
		public void onCompleted() {
			this.status.complete(Status.OK);
		}

	}

}
