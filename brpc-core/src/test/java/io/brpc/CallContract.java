package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Feed;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseFutureStub;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NamerGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a call does, whichever way it goes. The caller's and the handler's side never
 * touch Netty or QUIC: everything here is what gRPC promises anybody.
 */
@OnEachWire
@ExtendWith(Leaks.class)
abstract class CallContract {

	private static final Metadata.Key<String> TEXT = Metadata.Key.of("exercise-text", Metadata.ASCII_STRING_MARSHALLER);

	private static final Metadata.Key<byte[]> BINARY = Metadata.Key.of("exercise-bin", Metadata.BINARY_BYTE_MARSHALLER);

	private static final int PIECE = 64 << 10;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	private final Way way;

	CallContract(Way way) {
		this.way = way;
	}

	private Link connect(BindableService service) {
		return this.way.connect(this.peers, service);
	}

	private Link connect(BindableService service, ServerInterceptor interceptor) {
		return this.way.connect(this.peers, service, interceptor);
	}

	@Test
	void aUnaryCallIsAnswered() {
		ExerciseBlockingStub stub = connect(new ExerciseService()).blocking();
		assertThat(stub.unary(Payloads.text("there and back"))).isEqualTo(Payloads.text("there and back"));
		assertThat(stub.unary(Payload.getDefaultInstance())).isEqualTo(Payload.getDefaultInstance());
	}

	@Test
	void aServerStreamArrivesInOrder() {
		ExerciseBlockingStub stub = connect(new ExerciseService()).blocking();
		Iterator<Payload> responses = stub.serverStream(Payloads.count(100));
		for (int i = 0; i < 100; i++) {
			assertThat(responses.next().getCount()).isEqualTo(i);
		}
		assertThat(responses).isExhausted();
		assertThat(stub.serverStream(Payloads.count(0))).isExhausted();
	}

	@Test
	void aClientStreamIsAnsweredOnce() {
		Recorder recorder = Recorder.reading();
		StreamObserver<Payload> requests = connect(new ExerciseService()).async().clientStream(recorder);
		for (int i = 0; i < 100; i++) {
			requests.onNext(Payloads.text("message " + i));
		}
		requests.onCompleted();
		assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		assertThat(recorder.messages()).singleElement().satisfies((response) -> {
			assertThat(response.getCount()).isEqualTo(100);
			assertThat(response.getText()).isEqualTo("message 99");
		});
	}

	@Test
	void aBidirectionalStreamTakesTurns() {
		Recorder recorder = Recorder.reading();
		StreamObserver<Payload> requests = connect(new ExerciseService()).async().bidiStream(recorder);
		for (int i = 0; i < 50; i++) {
			requests.onNext(Payloads.count(i));
			int turns = i + 1;
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(1))
				.until(() -> recorder.messages().size() == turns);
			assertThat(recorder.messages().get(i)).isEqualTo(Payloads.count(i));
		}
		assertThat(recorder.hasEnded()).isFalse();
		requests.onCompleted();
		assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
	}

	@Test
	void manyCallsRunAtOnce() throws Exception {
		int count = 500;
		CountDownLatch allThere = new CountDownLatch(count);
		List<StreamObserver<Payload>> waiting = new ArrayList<>();
		ExerciseFutureStub stub = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				responses.onNext(request);
				synchronized (waiting) {
					waiting.add(responses);
				}
				allThere.countDown();
			}
		}).future();
		List<ListenableFuture<Payload>> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(stub.unary(Payloads.count(i)));
		}
		assertThat(allThere.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("all calls run at once").isTrue();
		waiting.forEach(StreamObserver::onCompleted);
		for (int i = 0; i < count; i++) {
			assertThat(calls.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Payloads.count(i));
		}
	}

	@Test
	void metadataTravelBothWays() {
		byte[] bytes = { 0, -1, 127, -128, 10, 13 };
		AtomicReference<@Nullable Metadata> requestHeaders = new AtomicReference<>();
		Link link = connect(new ExerciseService(), new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				requestHeaders.set(headers);
				return next.startCall(new SimpleForwardingServerCall<>(call) {
					@Override
					public void sendHeaders(Metadata responseHeaders) {
						responseHeaders.put(TEXT, "header");
						responseHeaders.put(BINARY, bytes);
						super.sendHeaders(responseHeaders);
					}

					@Override
					public void close(Status status, Metadata trailers) {
						trailers.put(TEXT, "first trailer");
						trailers.put(TEXT, "second trailer");
						trailers.put(BINARY, bytes);
						super.close(status, trailers);
					}
				}, headers);
			}
		});
		Metadata sent = new Metadata();
		sent.put(TEXT, "one");
		sent.put(TEXT, "two");
		sent.put(BINARY, bytes);
		AtomicReference<Metadata> headers = new AtomicReference<>();
		AtomicReference<Metadata> trailers = new AtomicReference<>();
		link.blocking()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(sent),
					MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
			.unary(Payload.getDefaultInstance());
		assertThat(requestHeaders.get()).isNotNull().satisfies((received) -> {
			assertThat(received.getAll(TEXT)).containsExactly("one", "two");
			assertThat(received.get(BINARY)).isEqualTo(bytes);
		});
		assertThat(headers.get().get(TEXT)).isEqualTo("header");
		assertThat(headers.get().get(BINARY)).isEqualTo(bytes);
		assertThat(trailers.get().getAll(TEXT)).containsExactly("first trailer", "second trailer");
		assertThat(trailers.get().get(BINARY)).isEqualTo(bytes);
	}

	@Test
	void aStatusTravelsWithDescriptionAndDetails() throws InvalidProtocolBufferException {
		com.google.rpc.Status rich = com.google.rpc.Status.newBuilder()
			.setCode(Code.FAILED_PRECONDITION_VALUE)
			.setMessage("the käse is älter than allowed: 100 %")
			.addDetails(Any.pack(Payloads.text("a detail")))
			.build();
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				responses.onError(StatusProto.toStatusRuntimeException(rich));
			}
		});
		StatusRuntimeException failure = failureOf(() -> link.blocking().unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
		assertThat(failure.getStatus().getDescription()).isEqualTo(rich.getMessage());
		com.google.rpc.Status received = StatusProto.fromThrowable(failure);
		assertThat(received).isEqualTo(rich);
		assertThat(received.getDetails(0).unpack(Payload.class)).isEqualTo(Payloads.text("a detail"));
	}

	@Test
	void aStatusAfterMessagesComesBehindThem() {
		Link link = connect(new ExerciseService() {
			@Override
			public void serverStream(Payload request, StreamObserver<Payload> responses) {
				responses.onNext(Payloads.text("before"));
				responses.onError(Status.DATA_LOSS.withDescription("no more").asRuntimeException());
			}
		});
		Recorder recorder = Recorder.reading();
		link.async().serverStream(Payload.getDefaultInstance(), recorder);
		Status status = recorder.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.DATA_LOSS);
		assertThat(status.getDescription()).isEqualTo("no more");
		assertThat(recorder.messages()).containsExactly(Payloads.text("before"));
	}

	@Test
	void anUnknownServiceIsUnimplemented() {
		Link link = connect(new ExerciseService());
		assertThat(failureOf(() -> NamerGrpc.newBlockingStub(link.channel()).name(NameRequest.getDefaultInstance()))
			.getStatus()
			.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
	}

	@Test
	void anUnimplementedMethodIsUnimplemented() {
		Link link = connect(new ExerciseGrpc.ExerciseImplBase() {
		});
		assertThat(failureOf(() -> link.blocking().unary(Payload.getDefaultInstance())).getStatus().getCode())
			.isEqualTo(Status.Code.UNIMPLEMENTED);
	}

	@Test
	void aHandlerThatThrowsGivesUnknown() {
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				throw new IllegalStateException("this is not for the caller's eyes");
			}
		});
		StatusRuntimeException failure = failureOf(() -> link.blocking().unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
		assertThat(failure).message().doesNotContain("eyes");
		assertThat(link.blocking().serverStream(Payloads.count(1))).toIterable().hasSize(1);
	}

	@Test
	void theDeadlineTravels() {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				seen.set(Context.current().getDeadline());
				super.unary(request, responses);
			}
		});
		link.blocking().withDeadlineAfter(1, TimeUnit.HOURS).unary(Payload.getDefaultInstance());
		assertThat(seen.get()).isNotNull()
			.satisfies((deadline) -> assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(3000L, 3600L));
	}

	@Test
	void anExpiredDeadlineEndsTheCallAtBothEnds() throws Exception {
		CompletableFuture<@Nullable Throwable> cancelled = new CompletableFuture<>();
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				Context.current()
					.addListener((context) -> cancelled.complete(context.cancellationCause()), Runnable::run);
			}
		});
		StatusRuntimeException failure = failureOf(() -> link.blocking()
			.withDeadlineAfter(200, TimeUnit.MILLISECONDS)
			.unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		cancelled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(link.blocking().serverStream(Payloads.count(1))).toIterable().hasSize(1);
	}

	@Test
	void theHandlerSeesTheCallersCancellation() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch contextCancelled = new CountDownLatch(1);
		Link link = connect(new ExerciseService() {
			@Override
			public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setOnCancelHandler(cancelled::countDown);
				Context.current().addListener((context) -> contextCancelled.countDown(), Runnable::run);
				started.countDown();
				return super.bidiStream(responses);
			}
		});
		Recorder recorder = Recorder.reading();
		StreamObserver<Payload> requests = link.async().bidiStream(recorder);
		requests.onNext(Payloads.text("first"));
		assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		recorder.call().cancel("changed my mind", null);
		Status status = recorder.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(status.getDescription()).contains("changed my mind");
		assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(contextCancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void theCallerSeesTheHandlersEndWhileItStillSends() {
		Link link = connect(new ExerciseService() {
			@Override
			public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
				StreamObserver<Payload> requests = super.clientStream(responses);
				responses.onError(Status.ABORTED.withDescription("enough").asRuntimeException());
				return requests;
			}
		});
		AtomicReference<@Nullable Feed<Payload>> feed = new AtomicReference<>();
		Payload piece = Payloads.ofSize(PIECE);
		Recorder recorder = Recorder.reading((call) -> feed.set(Feed.into(call, Integer.MAX_VALUE, (number) -> piece)));
		link.async().clientStream(recorder);
		Status status = recorder.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.ABORTED);
		assertThat(status.getDescription()).isEqualTo("enough");
		assertThat(link.blocking().unary(Payloads.text("next"))).isEqualTo(Payloads.text("next"));
	}

	static StatusRuntimeException failureOf(Runnable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call::run);
	}

}
