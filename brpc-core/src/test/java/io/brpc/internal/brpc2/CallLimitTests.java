package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
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
 * What calls and their messages are bounded by, from either side, on executors and on the
 * event loop.
 */
@ExtendWith(Leaks.class)
class CallLimitTests {

	private static final int LARGE = 1_000_000;

	@RegisterExtension
	final CallPair calls = new CallPair();

	private final Metadata.Key<String> word = Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER);

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void compressedMessagesTravelBothWays(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setCompression("gzip");
				responses.onNext(request);
				responses.onCompleted();
			}
		});
		Payload zeros = Payload.newBuilder().setData(ByteString.copyFrom(new byte[200_000])).build();
		assertThat(this.calls.blocking().withCompression("gzip").unary(zeros)).isEqualTo(zeros);
		assertThat(this.calls.blocking().withCompression("gzip").unary(ofSize(LARGE))).isEqualTo(ofSize(LARGE));
		assertThat(this.calls.blocking().withCompression("gzip").unary(text("small"))).isEqualTo(text("small"));
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void messagesBeyondTheLimitEndTheirCalls(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		for (Payload tooLarge : List.of(ofSize(5 << 20), ofSize((4 << 20) - 3))) {
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> this.calls.blocking().unary(tooLarge))
				.withMessageStartingWith("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304");
		}
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withMaxInboundMessageSize(100).unary(ofSize(200)))
			.withMessage("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 100: 203");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withMaxInboundMessageSize(100_000).unary(ofSize(200_000)))
			.withMessageStartingWith("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 100000");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withMaxOutboundMessageSize(100).unary(ofSize(200)))
			.withMessageStartingWith("CANCELLED: Failed to stream message")
			.havingCause()
			.withMessageStartingWith("RESOURCE_EXHAUSTED: message too large");
		Payload bomb = Payload.newBuilder().setData(ByteString.copyFrom(new byte[5 << 20])).build();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking().withCompression("gzip").unary(bomb))
			.withMessage("RESOURCE_EXHAUSTED: Decompressed gRPC message exceeds maximum size 4194304");
		assertThat(this.calls.blocking().unary(text("still here"))).isEqualTo(text("still here"));
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void metadataBeyondTheLimitEndTheCall(Side side, boolean direct) {
		this.calls.connect(side, direct, new ExerciseService());
		Metadata headers = new Metadata();
		headers.put(this.word, "x".repeat(9000));
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.calls.blocking()
				.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
				.unary(text("")))
			.withMessage("RESOURCE_EXHAUSTED: metadata is 9036 bytes, limit is 8192");
	}

	@ParameterizedTest
	@MethodSource(CallPair.ENDS)
	void callsBeyondTheLimitWait(Side side, boolean direct) throws Exception {
		SessionSettings defaults = SessionSettings.defaults();
		List<StreamObserver<Payload>> waiting = new ArrayList<>();
		this.calls.connect(side, direct, new ExerciseGrpc.ExerciseImplBase() {
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
			this.calls.async().unary((i % 2 == 0) ? text("") : ofSize(20_000), answers);
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
