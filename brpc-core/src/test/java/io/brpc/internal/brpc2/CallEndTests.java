package io.brpc.internal.brpc2;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.brpc.testing.Payloads.ofSize;
import static io.brpc.testing.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How calls end, from either side, on executors and on the event loop.
 */
@ExtendWith(Leaks.class)
class CallEndTests {

	private static final int LARGE = 1_000_000;

	@RegisterExtension
	final CallPair calls = new CallPair();

	private final Metadata.Key<String> word = Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER);

	private final Metadata.Key<byte[]> bits = Metadata.Key.of("bits-bin", Metadata.BINARY_BYTE_MARSHALLER);

	private final SilentService silent = new SilentService();

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void unknownMethodIsUnimplemented(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
		});
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.calls.blocking().unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
		MethodDescriptor<Payload, Payload> unknown = ExerciseGrpc.getUnaryMethod()
			.toBuilder()
			.setFullMethodName("no.Such/Method")
			.build();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(
					() -> ClientCalls.blockingUnaryCall(this.calls.channel(), unknown, CallOptions.DEFAULT, text("")))
			.withMessage("UNIMPLEMENTED: Method not found: no.Such/Method");
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void failureHasStatusWordsAndTrailers(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				Metadata trailers = new Metadata();
				trailers.put(CallEndTests.this.word, "trailing");
				trailers.put(CallEndTests.this.bits, new byte[] { 0, -1 });
				responses.onError(Status.NOT_FOUND.withDescription("no gr\u00fc\u00df").asRuntimeException(trailers));
			}

			@Override
			public void serverStream(Payload request, StreamObserver<Payload> responses) {
				responses.onNext(request);
				unary(request, responses);
			}
		});
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.calls.blocking().unary(text("")))
			.withMessage("NOT_FOUND: no gr\u00fc\u00df")
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.word)).isEqualTo("trailing"))
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.bits)).containsExactly(0, -1));
		Iterator<Payload> answers = this.calls.blocking().serverStream(text("one"));
		assertThat(answers.next()).isEqualTo(text("one"));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(answers::hasNext)
			.satisfies((ex) -> assertThat(ex.getTrailers().get(this.word)).isEqualTo("trailing"));
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void handlerThatThrowsIsUnknown(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService((payload) -> {
			throw new IllegalStateException("a bug");
		}));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.calls.blocking().unary(text("")))
			.withMessage("UNKNOWN: Application error processing RPC");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().serverStream(text("")).hasNext())
			.withMessage("UNKNOWN: Application error processing RPC");
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void deadlineEndsBothEnds(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, this.silent);
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withDeadlineAfter(100, TimeUnit.MILLISECONDS).unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		this.silent.cancelled().get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.silent.handling().get().isCancelled());
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void deadlineThatIsOverSendsNothing(Side side, boolean direct) {
		this.calls.connect(side, direct, this.silent);
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withDeadlineAfter(-1, TimeUnit.SECONDS).unary(text("")))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		assertThat(this.silent.handling()).isNotDone();
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void cancelReachesTheHandler(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, this.silent);
		ClientCall<Payload, Payload> call = this.calls.channel()
			.newCall(ExerciseGrpc.getUnaryMethod(), CallOptions.DEFAULT);
		Answers answers = new Answers();
		ClientCalls.asyncUnaryCall(call, text(""), answers);
		this.silent.handling().get(20, TimeUnit.SECONDS);
		call.cancel("no more", null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.silent.cancelled().get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.silent.handling().get().isCancelled());
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void cancelOvertakesMessagesThatNobodyReads(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, this.silent);
		ClientCall<Payload, Payload> call = this.calls.channel()
			.newCall(ExerciseGrpc.getBidiStreamMethod(), CallOptions.DEFAULT);
		Answers answers = new Answers();
		StreamObserver<Payload> requests = ClientCalls.asyncBidiStreamingCall(call, answers);
		for (int i = 0; i < 20; i++) {
			requests.onNext(ofSize(LARGE / 10));
		}
		this.silent.handling().get(20, TimeUnit.SECONDS);
		assertThat(call.isReady()).isFalse();
		call.cancel("enough", null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.silent.cancelled().get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void secondRequestOfAUnaryCallEndsIt(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, new ExerciseService());
		ClientCall<Payload, Payload> call = this.calls.channel()
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
	@MethodSource(CallPair.ENDS)
	void contextThatIsCancelledCancelsItsCalls(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, this.silent);
		Context.CancellableContext context = Context.current().withCancellation();
		Answers answers = new Answers();
		context.run(() -> this.calls.async().unary(text(""), answers));
		this.silent.handling().get(20, TimeUnit.SECONDS);
		context.cancel(null);
		assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.silent.cancelled().get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void contextOfAHandlerEndsWithItsCall(Side side, boolean direct) throws Exception {
		CompletableFuture<Context> handling = new CompletableFuture<>();
		this.calls.connect(side, direct, new ExerciseService((payload) -> {
			handling.complete(Context.current());
			return payload;
		}));
		this.calls.blocking().unary(text(""));
		Context context = handling.get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS).until(context::isCancelled);
	}

}
