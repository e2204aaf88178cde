package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.brpc.testing.Payloads.ofSize;
import static io.brpc.testing.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What gRPC promises of calls and their messages, from either side, on executors and on
 * the event loop.
 */
@ExtendWith(Leaks.class)
class CallTests {

	private static final int LARGE = 1_000_000;

	@RegisterExtension
	final CallPair calls = new CallPair();

	private final Metadata.Key<String> word = Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER);

	private final Metadata.Key<byte[]> bits = Metadata.Key.of("bits-bin", Metadata.BINARY_BYTE_MARSHALLER);

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void unaryCallIsAnswered(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		for (int i = 0; i < 100; i++) {
			assertThat(this.calls.blocking().unary(text("hello " + i))).isEqualTo(text("hello " + i));
		}
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void manyUnaryCallsAtATimeAreAnswered(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, new ExerciseService());
		List<Answers> all = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			Answers answers = new Answers();
			all.add(answers);
			this.calls.async().unary(text("hello " + i), answers);
		}
		for (int i = 0; i < all.size(); i++) {
			assertThat(all.get(i).await()).isEqualTo(Status.OK);
			assertThat(all.get(i).messages()).containsExactly(text("hello " + i));
		}
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void emptyMessageIsAMessage(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		assertThat(this.calls.blocking().unary(Payload.getDefaultInstance())).isEqualTo(Payload.getDefaultInstance());
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void largeRequestsAndAnswersTravelWhole(Side side, boolean direct) {
		this.calls.connect(side, direct,
				new ExerciseService((payload) -> (payload.getCount() > 0) ? ofSize(payload.getCount())
						: payload.toBuilder().clearData().setText(payload.getData().size() + " bytes").build()));
		assertThat(this.calls.blocking().unary(ofSize(LARGE)).getText()).isEqualTo(LARGE + " bytes");
		assertThat(this.calls.blocking().unary(Payload.newBuilder().setCount(LARGE).build())).isEqualTo(ofSize(LARGE));
		assertThat(this.calls.blocking().unary(ofSize(LARGE).toBuilder().setCount(LARGE).build()))
			.isEqualTo(ofSize(LARGE));
		for (int size = 16_300; size < 16_400; size += 7) {
			assertThat(this.calls.blocking().unary(Payload.newBuilder().setCount(size).build()))
				.isEqualTo(ofSize(size));
			assertThat(this.calls.blocking().unary(ofSize(size)).getText()).isEqualTo(size + " bytes");
		}
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void serverStreamArrivesInOrder(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		Iterator<Payload> answers = this.calls.blocking()
			.serverStream(ofSize(10_000).toBuilder().setCount(500).build());
		for (int i = 0; i < 500; i++) {
			assertThat(answers.next().getCount()).isEqualTo(i);
		}
		assertThat(answers.hasNext()).isFalse();
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void serverStreamOfNothingEnds(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		assertThat(this.calls.blocking().serverStream(text("none")).hasNext()).isFalse();
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void clientStreamIsAnsweredOnce(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, new ExerciseService());
		Answers answers = new Answers();
		StreamObserver<Payload> requests = this.calls.async().clientStream(answers);
		for (int i = 0; i < 200; i++) {
			requests.onNext(ofSize(1000));
		}
		requests.onNext(text("last"));
		requests.onCompleted();
		assertThat(answers.await()).isEqualTo(Status.OK);
		assertThat(answers.messages()).singleElement()
			.satisfies((answer) -> assertThat(answer.getCount()).isEqualTo(201))
			.satisfies((answer) -> assertThat(answer.getText()).isEqualTo("last"));
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void bidirectionalStreamTalks(Side side, boolean direct) throws Exception {
		this.calls.connect(side, direct, new ExerciseService());
		Answers answers = new Answers();
		StreamObserver<Payload> requests = this.calls.async().bidiStream(answers);
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
	@MethodSource(CallPair.ENDS)
	void metadataTravelBothWays(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService(), new MetadataEcho());
		Metadata headers = new Metadata();
		headers.put(this.word, "one");
		headers.put(this.word, "two");
		headers.put(this.bits, new byte[] { 0, 1, -128 });
		AtomicReference<Metadata> initial = new AtomicReference<>();
		AtomicReference<Metadata> trailing = new AtomicReference<>();
		ExerciseGrpc.ExerciseBlockingStub stub = this.calls.blocking()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers),
					MetadataUtils.newCaptureMetadataInterceptor(initial, trailing));
		stub.unary(text("lane"));
		verifyEcho(initial.get(), trailing.get());
		stub.unary(ofSize(LARGE));
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

}
