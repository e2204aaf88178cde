package io.brpc;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Attributes;
import io.grpc.BinaryLog;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * What gRPC's builders are told, and what goes with a single call, is done by whatever
 * wire the calls go.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class BuilderSettingsTests {

	private static final Attributes.Key<String> FILTERED = Attributes.Key.create("filtered");

	private static final int KIB = 1 << 10;

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void serverTracersAreToldOfACall() {
		Queue<String> events = new ConcurrentLinkedQueue<>();
		TestServer server = this.peers.server((builder) -> builder.addStreamTracerFactory(new ServerTracers(events)));
		TestClient client = this.peers.client(server);
		Payload request = Payloads.text("hello");
		CallKind.UNARY.ask(client.channel(), request);
		int size = request.getSerializedSize();
		await().untilAsserted(() -> assertThat(events).containsExactly("call", "started brpc.test.Exercise/Unary",
				"in 0", "in bytes " + size, "out 0", "out bytes " + size, "closed OK"));
	}

	@Test
	void clientTracersAreToldOfACall() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server);
		Queue<String> events = new ConcurrentLinkedQueue<>();
		Payload request = Payloads.text("hello");
		int size = request.getSerializedSize();
		for (Channel channel : List.of(client.channel(), server.channelTo(client))) {
			events.clear();
			ExerciseGrpc.newBlockingStub(channel)
				.withInterceptors(new TracingClient(new ClientTracers(events)))
				.unary(request);
			await().untilAsserted(() -> assertThat(events).containsExactlyInAnyOrder("created", "headers", "out 0",
					"out bytes " + size, "in headers", "in 0", "in bytes " + size, "trailers", "closed OK"));
		}
	}

	@Test
	void codecsOfTheBuildersCompressBothWays() {
		Rot codec = new Rot();
		CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
		compressors.register(codec);
		DecompressorRegistry decompressors = DecompressorRegistry.emptyInstance().with(codec, true);
		TestServer server = this.peers
			.server((builder) -> builder.compressorRegistry(compressors).decompressorRegistry(decompressors));
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setCompression(Rot.NAME);
				super.unary(request, responses);
			}
		});
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService())
					.customizeChannel(
							(channel) -> channel.compressorRegistry(compressors).decompressorRegistry(decompressors)));
		assertThat(ExerciseGrpc.newBlockingStub(client.channel())
			.withCompression(Rot.NAME)
			.unary(Payloads.text("compressed"))).isEqualTo(Payloads.text("compressed"));
		assertThat(codec.compressed).as("compressed").hasValue(2);
		assertThat(codec.decompressed).as("decompressed").hasValue(2);
	}

	@Test
	void aCompressorThatTheBuilderDoesNotKnowEndsTheCall() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService())
			.customizeChannel((channel) -> channel.compressorRegistry(CompressorRegistry.newEmptyInstance())));
		Status status = failureOf(() -> ExerciseGrpc.newBlockingStub(client.channel())
			.withCompression("gzip")
			.unary(Payload.getDefaultInstance()));
		assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
		assertThat(status.getDescription()).isEqualTo("Unable to find compressor by name gzip");
	}

	@Test
	void theLimitOnAnswersIsNotTheOneOnCallbacks() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService())
					.customizeChannel((channel) -> channel.maxInboundMessageSize(10 * KIB))
					.customizeCallbacks((callbacks) -> callbacks.maxInboundMessageSize(100 * KIB)));
		assertThat(failureOf(() -> CallKind.UNARY.ask(client.channel(), Payloads.ofSize(50 * KIB))).getDescription())
			.contains(String.valueOf(10 * KIB));
		assertThat(CallKind.UNARY.ask(server.channelTo(client), Payloads.ofSize(50 * KIB)).getData().size())
			.isGreaterThan(40 * KIB);
		assertThat(failureOf(() -> CallKind.UNARY.ask(server.channelTo(client), Payloads.ofSize(150 * KIB)))
			.getDescription()).contains(String.valueOf(100 * KIB));
	}

	@Test
	void theLimitsOfASingleCallHold() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server);
		for (Channel channel : List.of(client.channel(), server.channelTo(client))) {
			ExerciseGrpc.ExerciseBlockingStub stub = ExerciseGrpc.newBlockingStub(channel);
			Payload message = Payloads.ofSize(20 * KIB);
			assertThat(failureOf(() -> stub.withMaxInboundMessageSize(10 * KIB).unary(message)).getCode())
				.isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			Status ownLimit = failureOf(() -> stub.withMaxOutboundMessageSize(10 * KIB).unary(message));
			assertThat(ownLimit.getCode()).isEqualTo(Status.Code.CANCELLED);
			assertThat(Status.fromThrowable(ownLimit.getCause())).satisfies((status) -> {
				assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(status.getDescription()).contains("message too large").contains("> " + 10 * KIB);
			});
			assertThat(stub.unary(message)).isEqualTo(message);
		}
	}

	@Test
	void theServerChoosesTheExecutorOfACall() {
		ExecutorService chosen = named("chosen");
		AtomicReference<@Nullable String> thread = new AtomicReference<>();
		TestServer server = this.peers.server((builder) -> builder.callExecutor(new ServerCallExecutorSupplier() {
			@Override
			public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
				return call.getMethodDescriptor().equals(ExerciseGrpc.getUnaryMethod()) ? chosen : null;
			}
		}));
		server.serve(new ExerciseService((request) -> {
			thread.set(Thread.currentThread().getName());
			return request;
		}));
		TestClient client = this.peers.client(server);
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		assertThat(thread).hasValue("chosen");
		CallKind.SERVER_STREAM.ask(client.channel(), Payload.getDefaultInstance());
		assertThat(thread.get()).isNotEqualTo("chosen");
	}

	@Test
	void listenersRunWhereTheChannelOrTheCallSays() {
		ExecutorService channels = named("channel's");
		ExecutorService calls = named("call's");
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService())
			.customizeChannel((channel) -> channel.executor(channels)));
		ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(client.channel());
		assertThat(threadOfAnswer(stub)).isEqualTo("channel's");
		assertThat(threadOfAnswer(stub.withExecutor(calls))).isEqualTo("call's");
		assertThat(threadOfAnswer(ExerciseGrpc.newStub(server.channelTo(client)).withExecutor(calls)))
			.isEqualTo("call's");
	}

	private static String threadOfAnswer(ExerciseGrpc.ExerciseStub stub) {
		List<String> threads = new CopyOnWriteArrayList<>();
		stub.unary(Payload.getDefaultInstance(), new StreamObserver<>() {
			@Override
			public void onNext(Payload value) {
				threads.add(Thread.currentThread().getName());
			}

			@Override
			public void onError(Throwable failure) {
				threads.add(failure.toString());
			}

			@Override
			public void onCompleted() {
			}
		});
		await().until(() -> !threads.isEmpty());
		return threads.get(0);
	}

	@Test
	void transportFiltersHaveASayInAttributes() {
		AtomicInteger terminated = new AtomicInteger();
		AtomicReference<@Nullable String> seen = new AtomicReference<>();
		TestServer server = this.peers.server((builder) -> builder.addTransportFilter(new ServerTransportFilter() {
			@Override
			public Attributes transportReady(Attributes attributes) {
				return attributes.toBuilder().set(FILTERED, "yes").build();
			}

			@Override
			public void transportTerminated(Attributes attributes) {
				terminated.incrementAndGet();
			}
		}).intercept(new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				seen.set(call.getAttributes().get(FILTERED));
				return next.startCall(call, headers);
			}
		}));
		TestClient client = this.peers.client(server);
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		assertThat(seen).hasValue("yes");
		client.client().shutdown();
		await().untilAsserted(() -> assertThat(terminated).hasValue(1));
	}

	@Test
	void aCallIsReadyUpToItsOwnThreshold() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server);
		for (Channel channel : List.of(client.channel(), server.channelTo(client))) {
			Recorder recorder = Recorder.reading((call) -> {
			});
			StreamObserver<Payload> requests = ExerciseGrpc.newStub(channel)
				.withOnReadyThreshold(1)
				.bidiStream(recorder);
			await().until(() -> recorder.call().isReady());
			requests.onNext(Payloads.text("one"));
			// It waits until QUIC has it, and then the call is ready again.
			await().until(() -> recorder.call().isReady());
			requests.onCompleted();
			assertThat(recorder.awaitEnd()).isEqualTo(Status.OK);
		}
	}

	@Test
	void aBinaryLogIsRefusedThatWouldNotHaveAllCalls() {
		BrpcClientBuilder builder = BrpcClientBuilder
			.forAddress("localhost", 1, TestCertificates.shared().clientCredentials())
			.transportSettings(TestWires.settings())
			.customizeChannel((channel) -> channel.setBinaryLog(new NoLog()));
		if (TestWires.wire() == Wire.BRPC_2) {
			assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("offer brpc/1 only");
		}
		else {
			assertThat(builder.build()).isNotNull().satisfies((client) -> client.shutdownNow());
		}
	}

	@Test
	void aConnectionThatIsOldEnoughIsReplacedAndLosesNoCall() {
		TestServer server = this.peers.server((builder) -> builder.maxConnectionAge(1, TimeUnit.SECONDS));
		CountDownLatch gate = new CountDownLatch(1);
		server.serve(new ExerciseService((request) -> {
			pass(gate);
			return request;
		}));
		TestClient client = this.peers.client(server);
		BrpcConnection first = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("hello"), call);
		client.awaitConnectionAfter(first);
		assertThat(first.closeReason()).isEmpty();
		gate.countDown();
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		await().until(() -> first.closeReason().isPresent());
		assertThat(first.closeReason().orElseThrow().code()).isEqualTo(CloseCode.NO_ERROR);
	}

	@Test
	void aConnectionThatIsTooOldHasNoMoreThanItsGrace() {
		TestServer server = this.peers.server((builder) -> builder.maxConnectionAge(1, TimeUnit.SECONDS)
			.maxConnectionAgeGrace(100, TimeUnit.MILLISECONDS));
		server.serve(new HangingService());
		TestClient client = this.peers.client(server);
		BrpcConnection first = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payloads.text("hello"), call);
		assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		await().until(() -> first.closeReason().isPresent());
		assertThat(first.closeReason().orElseThrow().code()).isEqualTo(CloseCode.DRAIN_TIMEOUT);
	}

	@Test
	void whatIsNotDoneOnEachWireIsSaidOnce() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger("io.brpc");
		logger.addAppender(log);
		this.peers.add(() -> logger.detachAppender(log));
		TestServer server = this.peers.server((builder) -> builder.maxConnectionIdle(1, TimeUnit.HOURS)
			.keepAliveTime(1, TimeUnit.HOURS)
			.keepAliveTimeout(1, TimeUnit.MINUTES)
			.maxConnectionAge(1, TimeUnit.HOURS));
		TestClient client = this.peers.client(server, (builder) -> builder.customizeChannel(
				(channel) -> channel.userAgent("ours").defaultServiceConfig(Map.of("methodConfig", List.of()))));
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		List<String> said = log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
		if (TestWires.wire() == Wire.BRPC_2) {
			assertThat(said).containsExactly(
					"[keepAliveTimeout, maxConnectionIdle] of the server's builder hold on brpc/1 only",
					"[methodConfig of defaultServiceConfig, userAgent] of the channel's builder hold on brpc/1 only");
		}
		else {
			assertThat(said).isEmpty();
		}
	}

	private static void pass(CountDownLatch gate) {
		try {
			assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private ExecutorService named(String name) {
		ExecutorService executor = Executors.newSingleThreadExecutor((task) -> new Thread(task, name));
		this.peers.add(executor::shutdownNow);
		return executor;
	}

	private static Status failureOf(Runnable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
	}

	/**
	 * A codec that changes each byte, and counts.
	 */
	private static final class Rot implements Codec {

		static final String NAME = "rot";

		private final AtomicInteger compressed = new AtomicInteger();

		private final AtomicInteger decompressed = new AtomicInteger();

		@Override
		public String getMessageEncoding() {
			return NAME;
		}

		@Override
		public InputStream decompress(InputStream in) {
			this.decompressed.incrementAndGet();
			return new FilterInputStream(in) {
				@Override
				public int read() throws IOException {
					int value = super.read();
					return (value < 0) ? value : value ^ 1;
				}

				@Override
				public int read(byte[] bytes, int offset, int length) throws IOException {
					int count = super.read(bytes, offset, length);
					for (int i = 0; i < count; i++) {
						bytes[offset + i] ^= 1;
					}
					return count;
				}
			};
		}

		@Override
		public OutputStream compress(OutputStream out) {
			this.compressed.incrementAndGet();
			return new FilterOutputStream(out) {
				@Override
				public void write(int value) throws IOException {
					super.write(value ^ 1);
				}
			};
		}

	}

	private static final class NoLog extends BinaryLog {

		@Override
		public <Q, A> ServerMethodDefinition<?, ?> wrapMethodDefinition(ServerMethodDefinition<Q, A> method) {
			return method;
		}

		@Override
		public Channel wrapChannel(Channel channel) {
			return channel;
		}

		@Override
		public void close() {
		}

	}

	/**
	 * Adds tracers to each call.
	 */
	private record TracingClient(ClientStreamTracer.Factory tracers) implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			return next.newCall(method, options.withStreamTracerFactory(this.tracers));
		}

	}

	private static final class ServerTracers extends ServerStreamTracer.Factory {

		private final Queue<String> events;

		ServerTracers(Queue<String> events) {
			this.events = events;
		}

		@Override
		public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
			this.events.add("call");
			return new ServerStreamTracer() {
				@Override
				public void serverCallStarted(ServerCallInfo<?, ?> call) {
					ServerTracers.this.events.add("started " + call.getMethodDescriptor().getFullMethodName());
				}

				@Override
				public void inboundMessage(int number) {
					ServerTracers.this.events.add("in " + number);
				}

				@Override
				public void inboundUncompressedSize(long bytes) {
					ServerTracers.this.events.add("in bytes " + bytes);
				}

				@Override
				public void outboundMessage(int number) {
					ServerTracers.this.events.add("out " + number);
				}

				@Override
				public void outboundUncompressedSize(long bytes) {
					ServerTracers.this.events.add("out bytes " + bytes);
				}

				@Override
				public void streamClosed(Status status) {
					ServerTracers.this.events.add("closed " + status.getCode());
				}
			};
		}

	}

	private static final class ClientTracers extends ClientStreamTracer.Factory {

		private final Queue<String> events;

		ClientTracers(Queue<String> events) {
			this.events = events;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {
				@Override
				public void streamCreated(Attributes transport, Metadata headers) {
					ClientTracers.this.events.add("created");
				}

				@Override
				public void outboundHeaders() {
					ClientTracers.this.events.add("headers");
				}

				@Override
				public void inboundHeaders(Metadata headers) {
					ClientTracers.this.events.add("in headers");
				}

				@Override
				public void inboundTrailers(Metadata trailers) {
					ClientTracers.this.events.add("trailers");
				}

				@Override
				public void inboundMessage(int number) {
					ClientTracers.this.events.add("in " + number);
				}

				@Override
				public void inboundUncompressedSize(long bytes) {
					ClientTracers.this.events.add("in bytes " + bytes);
				}

				@Override
				public void outboundMessage(int number) {
					ClientTracers.this.events.add("out " + number);
				}

				@Override
				public void outboundUncompressedSize(long bytes) {
					ClientTracers.this.events.add("out bytes " + bytes);
				}

				@Override
				public void streamClosed(Status status) {
					ClientTracers.this.events.add("closed " + status.getCode());
				}
			};
		}

	}

}
