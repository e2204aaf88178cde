package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.ByteString;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Thousands of calls of all kinds from both ends at a time, many of them cancelled or
 * short of time at a random moment: each one ends exactly once, as a model of it allows,
 * and nothing is left of it at either end. A longer run:
 * {@code -Dbrpc.random.calls=1000000}.
 */
@ExtendWith(Leaks.class)
class RandomCallsTests {

	private static final int CALLS = Integer.getInteger("brpc.random.calls", 400);

	private static final List<MethodDescriptor<Payload, Payload>> METHODS = List.of(ExerciseGrpc.getUnaryMethod(),
			ExerciseGrpc.getUnaryMethod(), ExerciseGrpc.getServerStreamMethod(), ExerciseGrpc.getClientStreamMethod(),
			ExerciseGrpc.getBidiStreamMethod());

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger ended = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everyCallEndsOnceAndLeavesNothing(boolean direct) throws Exception {
		long seed = Long.getLong("brpc.random.seed", System.nanoTime());
		System.out.println("brpc.random.seed=" + seed);
		ExecutorService pool = Executors.newCachedThreadPool();
		Executor executor = direct ? Runnable::run : pool;
		SessionSettings defaults = SessionSettings.defaults();
		SessionSettings settings = new SessionSettings(40, 3, 2048, 300_000, 8192, 2, 16 << 20, 2000, 64 << 20, 100_000,
				defaults.stallTimeout(), defaults.keepAliveInterval());
		try (SessionPair pair = new SessionPair(
				new SessionPeer(Side.SERVER, settings, executor, List.of(new Unsteady())),
				new SessionPeer(Side.CLIENT, settings, executor, List.of(new Unsteady())))) {
			Random random = new Random(seed);
			List<ModelCall> calls = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				ModelCall call = new ModelCall(random.nextLong());
				calls.add(call);
				call.start(pair.peer(random.nextBoolean() ? Side.SERVER : Side.CLIENT));
				if (i >= 100) {
					calls.get(i - 100).awaitEnd();
				}
			}
			for (ModelCall call : calls) {
				call.awaitEnd();
			}
			for (Side side : Side.values()) {
				SessionPeer peer = pair.peer(side);
				await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
					assertThat(peer.session().outboundCalls()).as("outbound").isZero();
					assertThat(peer.session().inboundCalls()).as("inbound").isZero();
					assertThat(peer.session().queuedBytes()).as("queued").isZero();
				});
				assertThat(peer.isBroken()).isFalse();
				peer.run(() -> peer.session().drain());
			}
			pair.server().awaitDrained();
			pair.client().awaitDrained();
			await().atMost(30, TimeUnit.SECONDS).until(() -> this.handled.get() == this.ended.get());
		}
		finally {
			pool.shutdown();
		}
	}

	/**
	 * Does what the text of the first request says: answers, fails, or never ends.
	 */
	private final class Unsteady extends ExerciseGrpc.ExerciseImplBase {

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			answer(request, watched(responses));
		}

		@Override
		public void serverStream(Payload request, StreamObserver<Payload> responses) {
			ServerCallStreamObserver<Payload> call = watched(responses);
			for (int i = 1; i < request.getCount() && !call.isCancelled(); i++) {
				call.onNext(request);
			}
			answer(request, call);
		}

		@Override
		public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
			return new Requests(watched(responses), false);
		}

		@Override
		public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
			return new Requests(watched(responses), true);
		}

		private ServerCallStreamObserver<Payload> watched(StreamObserver<Payload> responses) {
			ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
			RandomCallsTests.this.handled.incrementAndGet();
			call.setOnCancelHandler(RandomCallsTests.this.ended::incrementAndGet);
			call.setOnCloseHandler(RandomCallsTests.this.ended::incrementAndGet);
			return call;
		}

		private static void answer(Payload request, ServerCallStreamObserver<Payload> call) {
			if (call.isCancelled()) {
				return;
			}
			switch (request.getText()) {
				case "fail" -> call.onError(Status.ABORTED.asRuntimeException());
				case "silent" -> {
				}
				default -> {
					call.onNext(request);
					call.onCompleted();
				}
			}
		}

		/**
		 * Answers the last request, or each.
		 */
		private static final class Requests implements StreamObserver<Payload> {

			private final ServerCallStreamObserver<Payload> call;

			private final boolean each;

			private Payload last = Payload.getDefaultInstance();

			Requests(ServerCallStreamObserver<Payload> call, boolean each) {
				this.call = call;
				this.each = each;
			}

			@Override
			public void onNext(Payload request) {
				this.last = request;
				if (this.each && !this.call.isCancelled()) {
					this.call.onNext(request);
				}
			}

			@Override
			public void onError(Throwable failure) {
			}

			@Override
			public void onCompleted() {
				answer(this.last, this.call);
			}

		}

	}

	/**
	 * A call with a plan, and what may come of it.
	 */
	private static final class ModelCall extends ClientCall.Listener<Payload> {

		private final Random random;

		private final MethodDescriptor<Payload, Payload> method;

		private final Payload request;

		private final int requests;

		private final boolean cancels;

		private final boolean hurries;

		private final AtomicInteger closes = new AtomicInteger();

		private final AtomicInteger messages = new AtomicInteger();

		private final CompletableFuture<Status> status = new CompletableFuture<>();

		private volatile Payload wrong;

		ModelCall(long seed) {
			this.random = new Random(seed);
			this.method = METHODS.get(this.random.nextInt(METHODS.size()));
			int size = (this.random.nextInt(8) == 0) ? 100_000 : this.random.nextInt(3000);
			int fate = this.random.nextInt(10);
			this.cancels = fate >= 6 && this.random.nextBoolean();
			this.hurries = fate >= 6 && !this.cancels;
			String text = (fate == 0) ? "fail" : (fate >= 8) ? "silent" : "answer";
			this.requests = this.method.getType().clientSendsOneMessage() ? 1 : 1 + this.random.nextInt(4);
			this.request = Payload.newBuilder()
				.setText(text)
				.setCount(1 + this.random.nextInt(4))
				.setData(ByteString.copyFrom(new byte[size]))
				.build();
		}

		void start(SessionPeer peer) {
			CallOptions options = this.hurries
					? CallOptions.DEFAULT.withDeadlineAfter(this.random.nextInt(30_000), TimeUnit.MICROSECONDS)
					: CallOptions.DEFAULT;
			ClientCall<Payload, Payload> call = peer.channel().newCall(this.method, options);
			call.start(this, new Metadata());
			call.request(100);
			for (int i = 0; i < this.requests; i++) {
				call.sendMessage(this.request);
			}
			call.halfClose();
			if (this.cancels) {
				if (this.random.nextBoolean()) {
					call.cancel("at once", null);
				}
				else {
					CompletableFuture.delayedExecutor(this.random.nextInt(20_000), TimeUnit.MICROSECONDS)
						.execute(() -> call.cancel("later", null));
				}
			}
		}

		void awaitEnd() throws Exception {
			Status status = this.status.get(60, TimeUnit.SECONDS);
			assertThat(this.wrong).as("a message that nobody sent").isNull();
			assertThat(this.closes).hasValue(1);
			String text = this.request.getText();
			switch (status.getCode()) {
				case OK -> {
					assertThat(text).isEqualTo("answer");
					assertThat(this.messages).hasValue(expectedMessages());
				}
				case ABORTED -> assertThat(text).isEqualTo("fail");
				case CANCELLED -> assertThat(this.cancels).isTrue();
				case DEADLINE_EXCEEDED -> assertThat(this.hurries).isTrue();
				default -> assertThat(status).as("how the call ended").isNull();
			}
		}

		private int expectedMessages() {
			return switch (this.method.getType()) {
				case UNARY, CLIENT_STREAMING -> 1;
				case SERVER_STREAMING -> this.request.getCount();
				default -> this.requests + 1;
			};
		}

		@Override
		public void onMessage(Payload message) {
			this.messages.incrementAndGet();
			if (!message.equals(this.request)) {
				this.wrong = message;
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.closes.incrementAndGet();
			this.status.complete(status);
		}

	}

}
