package io.brpc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.brpc.client.SharedLoop;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Fan-outs to clients that are really connected.
 */
@ExtendWith(Leaks.class)
@Timeout(240)
@OnEachWire
class FanOutClientsTests {

	private static final int CLIENTS = 100;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Payload QUESTION = Payloads.text("who");

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void aHundredClientsAnswerEachForItself() {
		TestServer server = this.peers.server();
		SharedLoop loop = this.peers.add(new SharedLoop());
		for (int number = 0; number < CLIENTS; number++) {
			String name = "client " + number;
			this.peers.dialing("localhost:" + server.port(), (builder) -> {
				loop.accept(builder);
				builder.addService(new ExerciseService((request) -> Payloads.text(name)));
			});
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(CLIENTS));
		FanOutCall<Payload> call = fanOut(server).call(ExerciseGrpc.getUnaryMethod(), QUESTION);
		Map<BrpcConnection, String> names = new HashMap<>();
		call.forEach((answer) -> names.put(answer.connection(), answer.orElseThrow().getText()));
		assertThat(names.keySet()).containsExactlyInAnyOrderElementsOf(server.connections().all());
		assertThat(names.values()).doesNotHaveDuplicates();
		assertThat(call.toFuture()).succeedsWithin(PATIENCE)
			.satisfies((answers) -> assertThat(answers).hasSize(CLIENTS)
				.allSatisfy((answer) -> assertThat(answer.orElseThrow().getText())
					.isEqualTo(names.get(answer.connection()))));
	}

	static Stream<Arguments> stubs() {
		return Stream.of(Arguments.of("blocking", (Function<Channel, ?>) ExerciseGrpc::newBlockingStub),
				Arguments.of("blocking v2", (Function<Channel, ?>) ExerciseGrpc::newBlockingV2Stub),
				Arguments.of("future", (Function<Channel, ?>) ExerciseGrpc::newFutureStub),
				Arguments.of("async", (Function<Channel, ?>) ExerciseGrpc::newStub),
				Arguments.of("channel", Function.<Channel>identity()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("stubs")
	void everyKindOfStubFansOut(String name, Function<Channel, ?> stubs) {
		TestServer server = this.peers.server();
		this.peers.client(server);
		assertThat(ClientStub.of(server.connections(), stubs)
			.fanOut()
			.call(ExerciseGrpc.getUnaryMethod(), QUESTION)
			.toList()).singleElement().satisfies((answer) -> assertThat(answer.orElseThrow()).isEqualTo(QUESTION));
	}

	@Test
	void aClientThatGoesMeanwhileIsUnavailable() throws Exception {
		TestServer server = this.peers.server();
		HangingService hanging = new HangingService();
		TestClient leaving = this.peers.client(server, (builder) -> builder.addService(hanging));
		ConnectionId id = leaving.awaitConnection().id();
		TestClient staying = this.peers.client(server);
		CompletableFuture<List<ClientAnswer<Payload>>> answers = fanOut(server)
			.call(ExerciseGrpc.getUnaryMethod(), QUESTION)
			.toFuture();
		hanging.awaitStart();
		leaving.client().shutdownNow();
		assertThat(answers).succeedsWithin(PATIENCE)
			.satisfies((all) -> assertThat(codes(all)).containsOnly(Map.entry(id, Status.Code.UNAVAILABLE),
					Map.entry(staying.awaitConnection().id(), Status.Code.OK)));
	}

	@Test
	void theFirstAnswerCancelsTheOtherCalls() throws Exception {
		TestServer server = this.peers.server();
		HangingService hanging = new HangingService();
		this.peers.client(server, (builder) -> builder.addService(hanging));
		TestClient answering = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService((request) -> answerAfter(hanging, request))));
		assertThat(fanOut(server).first(1).call(ExerciseGrpc.getUnaryMethod(), QUESTION).toList()).singleElement()
			.satisfies((answer) -> assertThat(answer.connection().id()).isEqualTo(answering.awaitConnection().id()));
		hanging.awaitCancellation();
	}

	@Test
	void cancelledCallsGiveTheirPlacesBack() {
		CallbackLimits one = new CallbackLimits(PATIENCE, 1);
		TestServer server = this.peers.server((builder) -> builder.callbackLimits(one));
		BrpcConnection hanging = server
			.awaitConnection(this.peers.client(server, (builder) -> builder.addService(new HangingService()))
				.awaitConnection()
				.id());
		BrpcConnection echoing = server.awaitConnection(this.peers.client(server).awaitConnection().id());
		FanOutCall<Payload> call = fanOut(server).to(List.of(hanging, echoing))
			.first(1)
			.call(ExerciseGrpc.getUnaryMethod(), QUESTION);
		for (int round = 0; round < 20; round++) {
			assertThat(call.toList()).singleElement()
				.satisfies((answer) -> assertThat(answer.connection()).isEqualTo(echoing));
			assertThat(call.toFuture()).succeedsWithin(PATIENCE)
				.satisfies((answers) -> assertThat(answers).singleElement()
					.satisfies((answer) -> assertThat(answer.connection()).isEqualTo(echoing)));
		}
	}

	@Test
	void theLimitOfOneClientsCallbacksHolds() throws Exception {
		CallbackLimits one = new CallbackLimits(PATIENCE, 1);
		TestServer server = this.peers.server((builder) -> builder.callbackLimits(one));
		HangingService hanging = new HangingService();
		TestClient busy = this.peers.client(server, (builder) -> builder.addService(hanging));
		TestClient idle = this.peers.client(server);
		Recorder blocking = Recorder.reading();
		ExerciseGrpc.newStub(server.channelTo(busy)).unary(QUESTION, blocking);
		hanging.awaitStart();
		assertThat(codes(fanOut(server).call(ExerciseGrpc.getUnaryMethod(), QUESTION).toList())).containsOnly(
				Map.entry(busy.awaitConnection().id(), Status.Code.RESOURCE_EXHAUSTED),
				Map.entry(idle.awaitConnection().id(), Status.Code.OK));
		blocking.call().cancel("the test has seen enough", null);
		blocking.awaitEnd();
	}

	@Test
	void aFanOutEndsWithTheCallInWhoseHandlerItIsMade() throws Exception {
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		CompletableFuture<List<ClientAnswer<Payload>>> answers = new CompletableFuture<>();
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				answers.complete(clients.fanOut().call(ExerciseGrpc.getUnaryMethod(), request).toList());
			}
		});
		HangingService hanging = new HangingService();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(hanging));
		Recorder caller = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(QUESTION, caller);
		hanging.awaitStart();
		caller.call().cancel("the caller hangs up", null);
		hanging.awaitCancellation();
		assertThat(answers).succeedsWithin(PATIENCE)
			.satisfies((all) -> assertThat(all).extracting((answer) -> answer.status().getCode())
				.containsExactly(Status.Code.CANCELLED));
	}

	@Test
	void handlersThatUseUpThePoolAllFanOut() {
		ExecutorService two = Executors.newFixedThreadPool(2);
		this.peers.add((AutoCloseable) two::shutdown);
		TestServer server = this.peers.server((builder) -> builder.executor(two));
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				List<ClientAnswer<Payload>> answers = clients.fanOut()
					.call(ExerciseGrpc.getUnaryMethod(), request)
					.toList();
				responses.onNext(Payloads.count((int) answers.stream().filter(ClientAnswer::isOk).count()));
				responses.onCompleted();
			}
		});
		List<TestClient> all = IntStream.range(0, 4).mapToObj((number) -> this.peers.client(server)).toList();
		List<Recorder> calls = all.stream().flatMap((client) -> Stream.of(client, client)).map((client) -> {
			Recorder call = Recorder.reading();
			ExerciseGrpc.newStub(client.channel())
				.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
				.unary(QUESTION, call);
			return call;
		}).toList();
		assertThat(calls).allSatisfy((call) -> {
			assertThat(call.awaitEnd()).isEqualTo(Status.OK);
			assertThat(call.messages()).containsExactly(Payloads.count(4));
		});
	}

	private static FanOut<Channel> fanOut(TestServer server) {
		return ClientStub.<Channel>of(server.connections(), Function.identity()).fanOut();
	}

	private static Map<ConnectionId, Status.Code> codes(List<ClientAnswer<Payload>> answers) {
		return answers.stream()
			.collect(Collectors.toMap((answer) -> answer.connection().id(), (answer) -> answer.status().getCode()));
	}

	private static Payload answerAfter(HangingService hanging, Payload answer) {
		try {
			hanging.awaitStart();
			return answer;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
