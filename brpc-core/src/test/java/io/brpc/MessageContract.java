package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.google.protobuf.ByteString;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.ExerciseService.Checksum;
import io.brpc.testing.Feed;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.Payload;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of many messages and of large ones, whichever way a call goes, and what
 * bounds them.
 */
@OnEachWire
@ExtendWith(Leaks.class)
abstract class MessageContract {

	private static final Metadata.Key<String> TEXT = Metadata.Key.of("exercise-text", Metadata.ASCII_STRING_MARSHALLER);

	private static final Metadata.Key<String> ENCODING = Metadata.Key.of("grpc-encoding",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final int KIB = 1 << 10;

	private static final int MIB = 1 << 20;

	/**
	 * What waits at both ends of a call that nobody reads, beside what flow control lets
	 * through, bytes.
	 */
	private static final int AT_THE_ENDS = 2 * MIB;

	private static final int PIECE = 64 * KIB;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	private final Way way;

	MessageContract(Way way) {
		this.way = way;
	}

	private Link connect(BindableService service) {
		return this.way.connect(this.peers, service);
	}

	private Link connect(BindableService service, ServerInterceptor interceptor) {
		return this.way.connect(this.peers, service, interceptor);
	}

	@Test
	void gzipWorksBothWays() throws Exception {
		AtomicReference<@Nullable String> requestEncoding = new AtomicReference<>();
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setCompression("gzip");
				super.unary(request, responses);
			}
		}, new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				requestEncoding.set(headers.get(ENCODING));
				return next.startCall(call, headers);
			}
		});
		Payload zeros = Payload.newBuilder().setData(ByteString.copyFrom(new byte[3 * MIB])).build();
		AtomicReference<Metadata> headers = new AtomicReference<>();
		ConnectionStats before = stats(link.caller());
		Payload response = link.blocking()
			.withCompression("gzip")
			.withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
			.unary(zeros);
		ConnectionStats after = stats(link.caller());
		assertThat(response).isEqualTo(zeros);
		// A frame of brpc/2 says how its message is compressed, and metadata don't.
		@Nullable String inMetadata = (TestWires.wire() == Wire.BRPC_1) ? "gzip" : null;
		assertThat(requestEncoding.get()).isEqualTo(inMetadata);
		assertThat(headers.get().get(ENCODING)).isEqualTo(inMetadata);
		assertThat(after.bytesSent() - before.bytesSent()).as("bytes sent").isBetween(1L, (long) MIB);
		assertThat(after.bytesReceived() - before.bytesReceived()).as("bytes received").isBetween(1L, (long) MIB);
	}

	@Test
	void aHandlerThatSendsWaitsForACallerThatDoesNotRead() {
		AtomicReference<@Nullable Feed<Payload>> feed = new AtomicReference<>();
		int limit = stalledLimit() / PIECE;
		int count = 2 * limit;
		Link link = connect(new ExerciseService() {
			@Override
			public void serverStream(Payload request, StreamObserver<Payload> responses) {
				feed.set(Feed.into((ServerCallStreamObserver<Payload>) responses, count,
						(number) -> Payloads.numbered(PIECE, number)));
			}
		});
		Recorder recorder = Recorder.stalled();
		link.async().serverStream(Payload.getDefaultInstance(), recorder);
		int sent = awaitStall(feed);
		assertThat(sent).isLessThan(limit);
		assertThat(recorder.messages()).isEmpty();
		assertThat(link.blocking().unary(Payloads.text("beside"))).as("a call beside the stalled one").isNotNull();
		assertThat(recorder.hasEnded()).isFalse();
		recorder.call().request(count + 1);
		assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		assertIntact(recorder.messages(), count);
	}

	@Test
	void aCallerThatSendsWaitsForAHandlerThatDoesNotRead() {
		AtomicReference<@Nullable ServerCallStreamObserver<Payload>> handler = new AtomicReference<>();
		List<Payload> received = new ArrayList<>();
		int limit = stalledLimit() / PIECE;
		int count = 2 * limit;
		Link link = connect(new ExerciseService() {
			@Override
			public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
				ServerCallStreamObserver<Payload> call = (ServerCallStreamObserver<Payload>) responses;
				call.disableAutoRequest();
				handler.set(call);
				return new Collecting(received, responses);
			}
		});
		AtomicReference<@Nullable Feed<Payload>> feed = new AtomicReference<>();
		Recorder recorder = Recorder
			.reading((call) -> feed.set(Feed.into(call, count, (number) -> Payloads.numbered(PIECE, number))));
		link.async().clientStream(recorder);
		int sent = awaitStall(feed);
		assertThat(sent).isLessThan(limit);
		assertThat(received).isEmpty();
		assertThat(link.blocking().unary(Payloads.text("beside"))).as("a call beside the stalled one").isNotNull();
		assertThat(handler.get()).isNotNull().satisfies((call) -> call.request(count + 1));
		assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		assertIntact(received, count);
	}

	/**
	 * Returns what a call never lets through while nobody reads: more than the window of
	 * grpc-netty, which is 1 MiB, or the credit of a call on brpc/2, which is half of
	 * that.
	 */
	private static int stalledLimit() {
		return AT_THE_ENDS + switch (TestWires.wire()) {
			case BRPC_1 -> 2 * MIB;
			case BRPC_2 -> MIB;
		};
	}

	private static int awaitStall(AtomicReference<@Nullable Feed<Payload>> feed) {
		AtomicReference<Integer> last = new AtomicReference<>(-1);
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
			Feed<Payload> current = feed.get();
			return current != null && current.sent() > 0 && !current.isReady()
					&& last.getAndSet(current.sent()) == current.sent();
		});
		return last.get();
	}

	private static void assertIntact(List<Payload> messages, int count) {
		assertThat(messages).hasSize(count);
		for (int i = 0; i < count; i++) {
			assertThat(messages.get(i).equals(Payloads.numbered(PIECE, i))).as("message " + i + " is intact").isTrue();
		}
	}

	@Test
	void aLargeServerStreamArrivesIntact() {
		int count = 64 * MIB / PIECE;
		Payload piece = Payloads.ofSize(PIECE);
		Link link = connect(new ExerciseService());
		Checksum received = new Checksum();
		Checksum expected = new Checksum();
		Iterator<Payload> responses = link.blocking().serverStream(piece.toBuilder().setCount(count).build());
		for (int i = 0; i < count; i++) {
			Payload response = responses.next();
			assertThat(response.getCount()).isEqualTo(i);
			received.add(response);
			expected.add(piece);
		}
		assertThat(responses).isExhausted();
		assertThat(received.bytes()).isEqualTo(expected.bytes());
	}

	@Test
	void aLargeClientStreamArrivesIntact() {
		int count = 64 * MIB / PIECE;
		Payload piece = Payloads.ofSize(PIECE);
		Checksum expected = new Checksum();
		for (int i = 0; i < count; i++) {
			expected.add(piece);
		}
		Recorder recorder = Recorder.reading((call) -> Feed.into(call, count, (number) -> piece));
		connect(new ExerciseService()).async().clientStream(recorder);
		assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		assertThat(recorder.messages()).singleElement().satisfies((response) -> {
			assertThat(response.getCount()).isEqualTo(count);
			assertThat(response.getData()).isEqualTo(expected.bytes());
		});
	}

	@Test
	void aMessageOf3MibPassesBothWays() {
		Payload large = Payloads.ofSize(3 * MIB);
		assertThat(connect(new ExerciseService()).blocking().unary(large).equals(large)).isTrue();
	}

	@Test
	void aRequestOfMoreThan4MibIsRefused() {
		Link link = connect(new ExerciseService());
		StatusRuntimeException failure = failureOf(() -> link.blocking().unary(Payloads.ofSize(5 * MIB)));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getStatus().getDescription()).contains(String.valueOf(4 * MIB));
		assertThat(link.blocking().unary(Payloads.text("next"))).isEqualTo(Payloads.text("next"));
	}

	@Test
	void aResponseOfMoreThan4MibIsRefused() {
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				super.unary(Payloads.ofSize(request.getCount()), responses);
			}
		});
		StatusRuntimeException failure = failureOf(() -> link.blocking().unary(Payloads.count(5 * MIB)));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getStatus().getDescription()).contains(String.valueOf(4 * MIB));
		assertThat(link.blocking().unary(Payloads.count(1)).getData().size()).isEqualTo(1);
	}

	/**
	 * The sender knows the receiver's limit from its SETTINGS, and does not send.
	 */
	@Test
	void requestMetadataOfMoreThan8KibAreRefused() {
		Link link = connect(new ExerciseService());
		StatusRuntimeException failure = failureOf(() -> link.blocking()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(textOf(9 * KIB)))
			.unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(tooMuchMetadata());
		assertThat(failure.getStatus()).extracting(MessageContract::words).asString().contains("8192");
		assertThat(link.blocking()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(textOf(6 * KIB)))
			.unary(Payloads.text("next"))).isEqualTo(Payloads.text("next"));
	}

	@Test
	void responseMetadataOfMoreThan8KibAreRefused() {
		Link link = connect(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				responses.onError(Status.ABORTED.asRuntimeException(textOf(request.getCount())));
			}
		});
		assertThat(failureOf(() -> link.blocking().unary(Payloads.count(9 * KIB))).getStatus().getCode())
			.isEqualTo(tooMuchMetadata());
		assertThat(failureOf(() -> link.blocking().unary(Payloads.count(6 * KIB))).getStatus().getCode())
			.isEqualTo(Status.Code.ABORTED);
	}

	/**
	 * What grpc-netty makes of an HTTP/2 error, and what brpc/2 says itself.
	 */
	private static Status.Code tooMuchMetadata() {
		return switch (TestWires.wire()) {
			case BRPC_1 -> Status.Code.INTERNAL;
			case BRPC_2 -> Status.Code.RESOURCE_EXHAUSTED;
		};
	}

	private static String words(Status status) {
		return status.getDescription() + ": " + status.getCause();
	}

	private static Metadata textOf(int size) {
		Metadata metadata = new Metadata();
		metadata.put(TEXT, "x".repeat(size));
		return metadata;
	}

	private static ConnectionStats stats(BrpcConnection connection) throws Exception {
		return connection.stats().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Keeps all messages and completes after the last one.
	 */
	private static final class Collecting implements StreamObserver<Payload> {

		private final List<Payload> messages;

		private final StreamObserver<Payload> responses;

		Collecting(List<Payload> messages, StreamObserver<Payload> responses) {
			this.messages = messages;
			this.responses = responses;
		}

		@Override
		public void onNext(Payload message) {
			this.messages.add(message);
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
			this.responses.onNext(Payload.getDefaultInstance());
			this.responses.onCompleted();
		}

	}

}
