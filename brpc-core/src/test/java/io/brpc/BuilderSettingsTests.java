package io.brpc;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
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
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
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
		RotCodec codec = new RotCodec();
		CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
		compressors.register(codec);
		DecompressorRegistry decompressors = DecompressorRegistry.emptyInstance().with(codec, true);
		TestServer server = this.peers
			.server((builder) -> builder.compressorRegistry(compressors).decompressorRegistry(decompressors));
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				((ServerCallStreamObserver<Payload>) responses).setCompression(RotCodec.NAME);
				super.unary(request, responses);
			}
		});
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService())
					.customizeChannel(
							(channel) -> channel.compressorRegistry(compressors).decompressorRegistry(decompressors)));
		assertThat(ExerciseGrpc.newBlockingStub(client.channel())
			.withCompression(RotCodec.NAME)
			.unary(Payloads.text("compressed"))).isEqualTo(Payloads.text("compressed"));
		assertThat(codec.compressed()).as("compressed").hasValue(2);
		assertThat(codec.decompressed()).as("decompressed").hasValue(2);
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

	private ExecutorService named(String name) {
		ExecutorService executor = Executors.newSingleThreadExecutor((task) -> new Thread(task, name));
		this.peers.add(executor::shutdownNow);
		return executor;
	}

	private static Status failureOf(Runnable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
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

}
