package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.ByteString;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls that nobody reads fill what they may, and leave the other calls of their
 * connection unharmed.
 */
@ExtendWith(Leaks.class)
class StalledCallsTests {

	private static final int CALLS = 100;

	private static final int WINDOW = 128 << 10;

	private static final int CHUNK = 16 << 10;

	private static final Payload MESSAGE = Payload.newBuilder().setData(ByteString.copyFrom(new byte[CHUNK])).build();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final AtomicInteger sentByHandlers = new AtomicInteger();

	@AfterEach
	void stop() {
		this.executor.shutdown();
	}

	private SessionPair connect(long maxUntakenBytes) {
		SessionSettings defaults = SessionSettings.defaults();
		SessionSettings settings = new SessionSettings(defaults.maxCalls(), defaults.maxLanes(),
				defaults.maxLaneFrame(), defaults.maxMessage(), defaults.maxMetadata(), defaults.maxMethods(),
				defaults.maxQueuedBytes(), WINDOW, maxUntakenBytes, defaults.maxCancelsPerSecond(),
				defaults.stallTimeout(), defaults.keepAliveInterval());
		List<BindableService> services = List.of(new Stalling());
		return new SessionPair(new SessionPeer(Side.SERVER, settings, this.executor, services),
				new SessionPeer(Side.CLIENT, settings, this.executor, services));
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void oneHundredStalledCallsLeaveTheOthersUnharmed(Side side) throws Exception {
		try (SessionPair pair = connect(SessionSettings.defaults().maxUntakenBytes())) {
			List<StalledCall> stalled = stall(pair.peer(side));
			for (Side caller : Side.values()) {
				verifyCallsWork(pair.peer(caller));
			}
			finish(stalled, pair);
		}
	}

	/**
	 * The others of the connection go on even then, one message at a time.
	 */
	@ParameterizedTest
	@EnumSource(Side.class)
	void callsThatBringMoreThanThereIsRoomForEnd(Side side) throws Exception {
		try (SessionPair pair = connect(CALLS * WINDOW / 4)) {
			List<StalledCall> stalled = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				StalledCall call = new StalledCall(pair.peer(side));
				call.fill();
				stalled.add(call);
			}
			await().atMost(30, TimeUnit.SECONDS)
				.until(() -> stalled.stream().filter((call) -> call.closed.getCount() == 0).count() > CALLS / 4);
			assertThat(stalled).filteredOn((call) -> call.closed.getCount() == 0).allSatisfy((call) -> {
				assertThat(call.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(call.status.getDescription())
					.contains("bytes of messages wait for the application, limit is " + CALLS * WINDOW / 4);
			});
			for (Side caller : Side.values()) {
				assertThat(stub(pair.peer(caller)).unary(Payload.getDefaultInstance()))
					.isEqualTo(Payload.getDefaultInstance());
			}
			finish(stalled, pair);
		}
	}

	private List<StalledCall> stall(SessionPeer caller) {
		List<StalledCall> stalled = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			StalledCall call = new StalledCall(caller);
			call.fill();
			stalled.add(call);
		}
		AtomicInteger before = new AtomicInteger(-1);
		// Nothing moves any more.
		await().atMost(30, TimeUnit.SECONDS).pollInterval(200, TimeUnit.MILLISECONDS).until(() -> {
			int sent = this.sentByHandlers.get() + stalled.stream().mapToInt((call) -> call.sent.get()).sum();
			return sent > 2 * CALLS && before.getAndSet(sent) == sent;
		});
		assertThat(stalled).allSatisfy((call) -> {
			assertThat(call.call.isReady()).isFalse();
			assertThat(call.sent.get() * CHUNK).isLessThan(WINDOW + 4 * CHUNK + (32 << 10));
		});
		return stalled;
	}

	private static void verifyCallsWork(SessionPeer caller) {
		assertThat(stub(caller).unary(MESSAGE)).isEqualTo(MESSAGE);
		Iterator<Payload> stream = stub(caller).serverStream(MESSAGE.toBuilder().setCount(100).build());
		int count = 0;
		while (stream.hasNext()) {
			stream.next();
			count++;
		}
		assertThat(count).isEqualTo(100);
	}

	private static ExerciseGrpc.ExerciseBlockingStub stub(SessionPeer caller) {
		return ExerciseGrpc.newBlockingStub(caller.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
	}

	private static void finish(List<StalledCall> stalled, SessionPair pair) throws Exception {
		stalled.forEach((call) -> call.call.cancel("enough", null));
		for (StalledCall call : stalled) {
			assertThat(call.closed.await(30, TimeUnit.SECONDS)).isTrue();
		}
		for (Side side : Side.values()) {
			CallSession session = pair.peer(side).session();
			await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
				assertThat(session.inboundCalls()).isZero();
				assertThat(session.outboundCalls()).isZero();
				assertThat(session.queuedBytes()).isZero();
				assertThat(session.untaken().bytes()).isZero();
			});
			assertThat(pair.peer(side).isBroken()).isFalse();
		}
	}

	/**
	 * Sends while it may, and takes nothing.
	 */
	private static final class StalledCall extends ClientCall.Listener<Payload> {

		private final AtomicInteger sent = new AtomicInteger();

		private final CountDownLatch closed = new CountDownLatch(1);

		private volatile Status status = Status.OK;

		private final ClientCall<Payload, Payload> call;

		StalledCall(SessionPeer caller) {
			this.call = caller.channel().newCall(ExerciseGrpc.getBidiStreamMethod(), CallOptions.DEFAULT);
			this.call.start(this, new Metadata());
		}

		synchronized void fill() {
			while (this.call.isReady()) {
				this.sent.incrementAndGet();
				this.call.sendMessage(MESSAGE);
			}
		}

		@Override
		public void onReady() {
			fill();
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.status = status;
			this.closed.countDown();
		}

	}

	/**
	 * The same at the other end, for streams in both directions.
	 */
	private final class Stalling extends ExerciseService {

		@Override
		public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
			ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
			call.disableAutoRequest();
			call.setOnCancelHandler(() -> {
			});
			call.setOnReadyHandler(() -> {
				while (call.isReady()) {
					StalledCallsTests.this.sentByHandlers.incrementAndGet();
					call.onNext(MESSAGE);
				}
			});
			return new StreamObserver<>() {
				@Override
				public void onNext(Payload message) {
				}

				@Override
				public void onError(Throwable failure) {
				}

				@Override
				public void onCompleted() {
				}
			};
		}

	}

}
