package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.google.protobuf.ByteString;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What gRPC promises of a call, from either side, on executors and on the event loop.
 */
@ExtendWith(Leaks.class)
class CallTests {

	private static final ExecutorService POOL = Executors.newCachedThreadPool();

	private static final int LARGE = 1_000_000;

	private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

	private final CompletableFuture<Context> handling = new CompletableFuture<>();

	private final Metadata.Key<String> word = Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER);

	private final Metadata.Key<byte[]> bits = Metadata.Key.of("bits-bin", Metadata.BINARY_BYTE_MARSHALLER);

	private SessionPair pair;

	private SessionPeer caller;

	private SessionPeer callee;

	static Stream<Arguments> ends() {
		return Stream.of(Side.values())
			.flatMap((side) -> Stream.of(true, false).map((direct) -> Arguments.of(side, direct)));
	}

	@AfterAll
	static void shutDown() {
		POOL.shutdown();
	}

	@AfterEach
	void close() {
		if (this.pair != null) {
			await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
				assertThat(this.caller.session().outboundCalls()).isZero();
				assertThat(this.callee.session().inboundCalls()).isZero();
				assertThat(this.caller.session().queuedBytes()).isZero();
				assertThat(this.callee.session().queuedBytes()).isZero();
			});
			assertThat(this.caller.isBroken() || this.callee.isBroken()).isFalse();
			this.pair.close();
		}
	}

	private void connect(Side callerSide, boolean direct, ExerciseGrpc.ExerciseImplBase service) {
		connect(callerSide, direct, service, SessionSettings.defaults());
	}

	private void connect(Side callerSide, boolean direct, ExerciseGrpc.ExerciseImplBase service,
			SessionSettings settings) {
		Executor executor = direct ? Runnable::run : POOL;
		this.pair = new SessionPair(new SessionPeer(Side.SERVER, settings, executor, List.of(service)),
				new SessionPeer(Side.CLIENT, settings, executor, List.of(service)));
		this.caller = this.pair.peer(callerSide);
		this.callee = this.pair.peer((callerSide == Side.SERVER) ? Side.CLIENT : Side.SERVER);
	}

	private ExerciseGrpc.ExerciseBlockingStub blocking() {
		return ExerciseGrpc.newBlockingStub(this.caller.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
	}

	private ExerciseGrpc.ExerciseStub async() {
		return ExerciseGrpc.newStub(this.caller.channel());
	}

	private static Payload text(String text) {
		return Payload.newBuilder().setText(text).build();
	}

	private static Payload data(int size) {
		byte[] bytes = new byte[size];
		for (int i = 0; i < size; i++) {
			bytes[i] = (byte) (i * 31);
		}
		return Payload.newBuilder().setData(ByteString.copyFrom(bytes)).build();
	}

	/**
	 * Tells what happens to its calls, and answers none.
	 */
	private final class Silent extends ExerciseGrpc.ExerciseImplBase {

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			watch(responses);
		}

		@Override
		public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
			watch(responses);
			return new Answers();
		}

		private void watch(StreamObserver<Payload> responses) {
			((ServerCallStreamObserver<Payload>) responses)
				.setOnCancelHandler(() -> CallTests.this.cancelled.complete(null));
			CallTests.this.handling.complete(Context.current());
		}

	}

	/**
	 * Remembers what comes.
	 */
	private static final class Answers implements StreamObserver<Payload> {

		private final List<Payload> messages = new ArrayList<>();

		private final CompletableFuture<Status> status = new CompletableFuture<>();

		@Override
		public synchronized void onNext(Payload message) {
			this.messages.add(message);
		}

		@Override
		public void onError(Throwable failure) {
			this.status.complete(Status.fromThrowable(failure));
		}

		@Override
		public void onCompleted() {
			this.status.complete(Status.OK);
		}

		synchronized List<Payload> messages() {
			return List.copyOf(this.messages);
		}

		Status await() throws Exception {
			return this.status.get(30, TimeUnit.SECONDS);
		}

	}

	@ParameterizedTest
	@MethodSource("ends")
	void unaryCallIsAnswered(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		for (int i = 0; i < 100; i++) {
			assertThat(blocking().unary(text("hello " + i))).isEqualTo(text("hello " + i));
		}
	}

	@ParameterizedTest
	@MethodSource("ends")
	void manyUnaryCallsAtATimeAreAnswered(Side side, boolean direct) throws Exception {
		connect(side, direct, new ExerciseService());
		List<Answers> all = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			Answers answers = new Answers();
			all.add(answers);
			async().unary(text("hello " + i), answers);
		}
		for (int i = 0; i < all.size(); i++) {
			assertThat(all.get(i).await()).isEqualTo(Status.OK);
			assertThat(all.get(i).messages()).containsExactly(text("hello " + i));
		}
	}

	@ParameterizedTest
	@MethodSource("ends")
	void emptyMessageIsAMessage(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		assertThat(blocking().unary(Payload.getDefaultInstance())).isEqualTo(Payload.getDefaultInstance());
	}

	@ParameterizedTest
	@MethodSource("ends")
	void largeRequestsAndAnswersTravelWhole(Side side, boolean direct) {
		connect(side, direct, new ExerciseService((payload) -> (payload.getCount() > 0) ? data(payload.getCount())
				: payload.toBuilder().clearData().setText(payload.getData().size() + " bytes").build()));
		assertThat(blocking().unary(data(LARGE)).getText()).isEqualTo(LARGE + " bytes");
		assertThat(blocking().unary(Payload.newBuilder().setCount(LARGE).build())).isEqualTo(data(LARGE));
		assertThat(blocking().unary(data(LARGE).toBuilder().setCount(LARGE).build())).isEqualTo(data(LARGE));
		for (int size = 16_300; size < 16_400; size += 7) {
			assertThat(blocking().unary(Payload.newBuilder().setCount(size).build())).isEqualTo(data(size));
			assertThat(blocking().unary(data(size)).getText()).isEqualTo(size + " bytes");
		}
	}

	@ParameterizedTest
	@MethodSource("ends")
	void serverStreamArrivesInOrder(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		Iterator<Payload> answers = blocking().serverStream(data(10_000).toBuilder().setCount(500).build());
		for (int i = 0; i < 500; i++) {
			assertThat(answers.next().getCount()).isEqualTo(i);
		}
		assertThat(answers.hasNext()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("ends")
	void serverStreamOfNothingEnds(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		assertThat(blocking().serverStream(text("none")).hasNext()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("ends")
	void clientStreamIsAnsweredOnce(Side side, boolean direct) throws Exception {
		connect(side, direct, new ExerciseService());
		Answers answers = new Answers();
		StreamObserver<Payload> requests = async().clientStream(answers);
		for (int i = 0; i < 200; i++) {
			requests.onNext(data(1000));
		}
		requests.onNext(text("last"));
		requests.onCompleted();
		assertThat(answers.await()).isEqualTo(Status.OK);
		assertThat(answers.messages()).singleElement()
			.satisfies((answer) -> assertThat(answer.getCount()).isEqualTo(201))
			.satisfies((answer) -> assertThat(answer.getText()).isEqualTo("last"));
	}

	@ParameterizedTest
	@MethodSource("ends")
	void bidirectionalStreamTalks(Side side, boolean direct) throws Exception {
		connect(side, direct, new ExerciseService());
		Answers answers = new Answers();
		StreamObserver<Payload> requests = async().bidiStream(answers);
		for (int i = 1; i <= 20; i++) {
			int count = i;
			requests.onNext(text("number " + i));
			await().atMost(20, TimeUnit.SECONDS).until(() -> answers.messages().size() == count);
		}
		requests.onCompleted();
		assertThat(answers.await()).isEqualTo(Status.OK);
		assertThat(answers.messages()).element(19).isEqualTo(text("number 20"));
	}

	@ParameterizedTest
	@MethodSource("ends")
	void unknownMethodIsUnimplemented(Side side, boolean direct) {
		connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
		});
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> blocking().unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
		MethodDescriptor<Payload, Payload> unknown = ExerciseGrpc.getUnaryMethod()
			.toBuilder()
			.setFullMethodName("no.Such/Method")
			.build();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(
					() -> ClientCalls.blockingUnaryCall(this.caller.channel(), unknown, CallOptions.DEFAULT, text("")))
			.withMessage("UNIMPLEMENTED: Method not found: no.Such/Method");
	}

	@ParameterizedTest
	@MethodSource("ends")
	void failureHasStatusWordsAndTrailers(Side side, boolean direct) {
		connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				Metadata trailers = new Metadata();
				trailers.put(CallTests.this.word, "trailing");
				trailers.put(CallTests.this.bits, new byte[] { 0, -1 });
				responses.onError(Status.NOT_FOUND.withDescription("no gr\u00fc\u00df").asRuntimeException(trailers));
			}

			@Override
			public void serverStream(Payload request, StreamObserver<Payload> responses) {
				responses.onNext(request);
				unary(request, responses);
			}
		});
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> blocking().unary(text("")))
			.withMessage("NOT_FOUND: no gr\u00fc\u00df")
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.word)).isEqualTo("trailing"))
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.bits)).containsExactly(0, -1));
		Iterator<Payload> answers = blocking().serverStream(text("one"));
		assertThat(answers.next()).isEqualTo(text("one"));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(answers::hasNext)
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.word)).isEqualTo("trailing"));
	}

	@ParameterizedTest
	@MethodSource("ends")
	void handlerThatThrowsIsUnknown(Side side, boolean direct) {
		connect(side, direct, new ExerciseService((payload) -> {
			throw new IllegalStateException("a bug");
		}));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> blocking().unary(text("")))
			.withMessage("UNKNOWN: Application error processing RPC");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().serverStream(text("")).hasNext())
			.withMessage("UNKNOWN: Application error processing RPC");
	}

	@ParameterizedTest
	@MethodSource("ends")
	void metadataTravelBothWays(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		Metadata headers = new Metadata();
		headers.put(this.word, "one");
		headers.put(this.word, "two");
		headers.put(this.bits, new byte[] { 0, 1, -128 });
		this.pair.close();
		MetadataEcho echo = new MetadataEcho();
		SessionSettings settings = SessionSettings.defaults();
		Executor executor = direct ? Runnable::run : POOL;
		this.pair = new SessionPair(
				new SessionPeer(Side.SERVER, settings, executor, List.of(new ExerciseService()), echo),
				new SessionPeer(Side.CLIENT, settings, executor, List.of(new ExerciseService()), echo));
		this.caller = this.pair.peer(side);
		this.callee = this.pair.peer((side == Side.SERVER) ? Side.CLIENT : Side.SERVER);
		AtomicReference<Metadata> initial = new AtomicReference<>();
		AtomicReference<Metadata> trailing = new AtomicReference<>();
		ExerciseGrpc.ExerciseBlockingStub stub = blocking().withInterceptors(
				MetadataUtils.newAttachHeadersInterceptor(headers),
				MetadataUtils.newCaptureMetadataInterceptor(initial, trailing));
		stub.unary(text("lane"));
		verifyEcho(initial.get(), trailing.get());
		stub.unary(data(LARGE));
		verifyEcho(initial.get(), trailing.get());
		stub.serverStream(Payload.newBuilder().setCount(2).build()).forEachRemaining((payload) -> {
		});
		verifyEcho(initial.get(), trailing.get());
	}

	private void verifyEcho(Metadata initial, Metadata trailing) {
		for (Metadata metadata : List.of(initial, trailing)) {
			assertThat(metadata.getAll(this.word)).containsExactly("one", "two");
			assertThat(metadata.get(this.bits)).containsExactly(0, 1, -128);
		}
	}

	@ParameterizedTest
	@MethodSource("ends")
	void deadlineEndsBothEnds(Side side, boolean direct) throws Exception {
		connect(side, direct, new Silent());
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withDeadlineAfter(100, TimeUnit.MILLISECONDS).unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		this.cancelled.get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.handling.get().isCancelled());
	}

	@ParameterizedTest
	@MethodSource("ends")
	void deadlineThatIsOverSendsNothing(Side side, boolean direct) {
		connect(side, direct, new Silent());
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withDeadlineAfter(-1, TimeUnit.SECONDS).unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		assertThat(this.handling).isNotDone();
	}

	@ParameterizedTest
	@MethodSource("ends")
	void cancelReachesTheHandler(Side side, boolean direct) throws Exception {
		connect(side, direct, new Silent());
		ClientCall<Payload, Payload> call = this.caller.channel()
			.newCall(ExerciseGrpc.getUnaryMethod(), CallOptions.DEFAULT);
		Answers answers = new Answers();
		ClientCalls.asyncUnaryCall(call, text(""), answers);
		this.handling.get(20, TimeUnit.SECONDS);
		call.cancel("no more", null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.cancelled.get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.handling.get().isCancelled());
	}

	@ParameterizedTest
	@MethodSource("ends")
	void cancelOvertakesMessagesThatNobodyReads(Side side, boolean direct) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
				ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
				call.disableAutoRequest();
				call.setOnCancelHandler(() -> CallTests.this.cancelled.complete(null));
				begun.countDown();
				return new Answers();
			}
		});
		ClientCall<Payload, Payload> call = this.caller.channel()
			.newCall(ExerciseGrpc.getBidiStreamMethod(), CallOptions.DEFAULT);
		Answers answers = new Answers();
		StreamObserver<Payload> requests = ClientCalls.asyncBidiStreamingCall(call, answers);
		for (int i = 0; i < 20; i++) {
			requests.onNext(data(LARGE / 10));
		}
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(call.isReady()).isFalse();
		call.cancel("enough", null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.cancelled.get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@MethodSource("ends")
	void secondRequestOfAUnaryCallEndsIt(Side side, boolean direct) throws Exception {
		connect(side, direct, new ExerciseService());
		ClientCall<Payload, Payload> call = this.caller.channel()
			.newCall(ExerciseGrpc.getUnaryMethod(), CallOptions.DEFAULT);
		Answers answers = new Answers();
		ClientCalls.asyncUnaryCall(new SimpleForwardingClientCall<>(call) {
			@Override
			public void sendMessage(Payload message) {
				super.sendMessage(message);
				super.sendMessage(message);
			}
		}, text("twice"), answers);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.INTERNAL);
	}

	@ParameterizedTest
	@MethodSource("ends")
	void contextThatIsCancelledCancelsItsCalls(Side side, boolean direct) throws Exception {
		connect(side, direct, new Silent());
		Context.CancellableContext context = Context.current().withCancellation();
		Answers answers = new Answers();
		context.run(() -> async().unary(text(""), answers));
		this.handling.get(20, TimeUnit.SECONDS);
		context.cancel(null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.cancelled.get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@MethodSource("ends")
	void contextOfAHandlerEndsWithItsCall(Side side, boolean direct) throws Exception {
		connect(side, direct, new ExerciseService((payload) -> {
			this.handling.complete(Context.current());
			return payload;
		}));
		blocking().unary(text(""));
		Context context = this.handling.get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(context::isCancelled);
	}

	@ParameterizedTest
	@MethodSource("ends")
	void compressedMessagesTravelBothWays(Side side, boolean direct) {
		connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setCompression("gzip");
				responses.onNext(request);
				responses.onCompleted();
			}
		});
		Payload zeros = Payload.newBuilder().setData(ByteString.copyFrom(new byte[200_000])).build();
		assertThat(blocking().withCompression("gzip").unary(zeros)).isEqualTo(zeros);
		assertThat(blocking().withCompression("gzip").unary(data(LARGE))).isEqualTo(data(LARGE));
		assertThat(blocking().withCompression("gzip").unary(text("small"))).isEqualTo(text("small"));
	}

	@ParameterizedTest
	@MethodSource("ends")
	void messagesBeyondTheLimitEndTheirCalls(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		for (Payload tooLarge : List.of(data(5 << 20), data((4 << 20) - 3))) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> blocking().unary(tooLarge))
				.withMessageStartingWith("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304");
		}
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withMaxInboundMessageSize(100).unary(data(200)))
			.withMessage("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 100: 203");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withMaxInboundMessageSize(100_000).unary(data(200_000)))
			.withMessageStartingWith("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 100000");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withMaxOutboundMessageSize(100).unary(data(200)))
			.withMessageStartingWith("CANCELLED: Failed to stream message")
			.havingCause()
			.withMessageStartingWith("RESOURCE_EXHAUSTED: message too large");
		Payload bomb = Payload.newBuilder().setData(ByteString.copyFrom(new byte[5 << 20])).build();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> blocking().withCompression("gzip").unary(bomb))
			.withMessage("RESOURCE_EXHAUSTED: Decompressed gRPC message exceeds maximum size 4194304");
		assertThat(blocking().unary(text("still here"))).isEqualTo(text("still here"));
	}

	@ParameterizedTest
	@MethodSource("ends")
	void metadataBeyondTheLimitEndTheCall(Side side, boolean direct) {
		connect(side, direct, new ExerciseService());
		Metadata headers = new Metadata();
		headers.put(this.word, "x".repeat(9000));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(
				() -> blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).unary(text("")))
			.withMessage("RESOURCE_EXHAUSTED: metadata is 9036 bytes, limit is 8192");
	}

	@ParameterizedTest
	@MethodSource("ends")
	void callsBeyondTheLimitWait(Side side, boolean direct) throws Exception {
		SessionSettings defaults = SessionSettings.defaults();
		List<StreamObserver<Payload>> waiting = new ArrayList<>();
		connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				synchronized (waiting) {
					waiting.add(responses);
				}
			}
		}, new SessionSettings(3, 2, defaults.maxLaneFrame(), defaults.maxMessage(), defaults.maxMetadata(),
				defaults.maxMethods(), defaults.maxQueuedBytes(), defaults.callWindow(), defaults.maxUntakenBytes(),
				defaults.maxCancelsPerSecond(), defaults.stallTimeout(), defaults.keepAliveInterval()));
		List<Answers> all = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			Answers answers = new Answers();
			all.add(answers);
			async().unary((i % 2 == 0) ? text("") : data(20_000), answers);
		}
		for (int i = 0; i < 10; i++) {
			await().atMost(20, TimeUnit.SECONDS).until(() -> {
				synchronized (waiting) {
					return !waiting.isEmpty();
				}
			});
			StreamObserver<Payload> responses;
			synchronized (waiting) {
				assertThat(waiting).hasSizeLessThanOrEqualTo(3);
				responses = waiting.remove(0);
			}
			responses.onNext(text("at last"));
			responses.onCompleted();
		}
		for (Answers answers : all) {
			assertThat(answers.await()).isEqualTo(Status.OK);
		}
	}

}
