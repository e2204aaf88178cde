package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.ClientStub;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRegistry;
import io.brpc.Wire;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.Payload;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(classes = TestApplication.class, properties = { "brpc.server.enabled=true", "brpc.server.port=0",
		"brpc.server.ssl.bundle=server", "brpc.server.ssl.client-auth=require",
		"brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
		"brpc.client.connection.default.ssl.bundle=client", "spring.grpc.client.channel.named.target=brpc:default" })
class WholeApplicationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@Autowired
	private ApplicationContext context;

	@Autowired
	private TestApplication.Trace trace;

	@Autowired
	@Qualifier("exerciseBlockingStub")
	private ExerciseBlockingStub exercise;

	@Autowired
	@Qualifier("namedExerciseBlockingStub")
	private ExerciseBlockingStub namedExercise;

	@Autowired
	private GrpcChannelFactory channels;

	@Autowired
	private ConnectionRegistry connections;

	@Autowired
	private BrpcClient client;

	@BeforeEach
	void connect() {
		Awaitility.await().atMost(LIMIT).until(() -> this.client.connection().isPresent());
		this.trace.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "blocking-v2", "future", "async", "plain", "factory" })
	void theHandlerCallsItsClientWithEveryKindOfStub(String kind) {
		assertThat(call(this.exercise, kind)).isEqualTo("brpc");
	}

	@Test
	void aChannelOfAPropertyTravelsOverTheConnection() {
		assertThat(call(this.namedExercise, "blocking")).isEqualTo("brpc");
	}

	@Test
	void aChannelOfTheFactoryTravelsOverTheConnection() {
		ManagedChannel channel = this.channels.createChannel("brpc:default");
		assertThat(call(ExerciseGrpc.newBlockingStub(channel), "blocking")).isEqualTo("brpc");
	}

	@Test
	void toShutAChannelDownLeavesTheClientAlone() {
		ManagedChannel channel = this.channels.createChannel("brpc:default").shutdownNow();
		assertThat(channel.isTerminated()).isTrue();
		assertStatus(() -> call(ExerciseGrpc.newBlockingStub(channel), "echo"), Status.Code.UNAVAILABLE);
		assertThat(call(this.exercise, "echo")).isEqualTo("echo");
	}

	@Test
	void interceptorsOfAChannelComeAfterTheGlobalOnes() {
		ManagedChannel channel = this.channels.createChannel("brpc:default",
				ChannelBuilderOptions.defaults().withInterceptors(List.of(new MarkingInterceptor(this.trace))));
		call(ExerciseGrpc.newBlockingStub(channel), "echo");
		assertThat(this.trace.called()).containsExactly("brpc.test.Exercise/Unary", "mark");
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "plain" })
	void globalInterceptorsSeeEachCallOnceInBothDirections(String kind) {
		call(this.exercise, kind);
		assertThat(this.trace.called()).containsExactly("brpc.test.Exercise/Unary", "brpc.test.Namer/Name");
		assertThat(this.trace.served()).containsExactly("brpc.test.Exercise/Unary", "brpc.test.Namer/Name");
	}

	@Test
	void adviceHandlesWhatAServiceThrows() {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> call(this.exercise, ExerciseService.THROW))
			.satisfies((ex) -> assertThat(ex.getStatus().getDescription()).isEqualTo("advice: told to"));
	}

	@Test
	void adviceHandlesWhatAClientServiceThrows() {
		ClientStub<ExerciseBlockingStub> stub = this.context.getBean(ClientStubFactory.class)
			.create(ExerciseBlockingStub.class);
		ConnectionId id = this.client.connection().orElseThrow().id();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> call(stub.forConnection(id), ExerciseService.THROW))
			.satisfies((ex) -> assertThat(ex.getStatus().getDescription()).isEqualTo("advice: told to"));
	}

	@Test
	void outsideACallThereIsNoClient() {
		ClientStub<NamerBlockingStub> namer = this.context.getBean(ClientStubFactory.class)
			.create(NamerBlockingStub.class);
		assertStatus(() -> namer.get().name(NameRequest.getDefaultInstance()), Status.Code.FAILED_PRECONDITION);
		NamerBlockingStub plain = this.context.getBean(NamerBlockingStub.class);
		assertStatus(() -> plain.name(NameRequest.getDefaultInstance()), Status.Code.FAILED_PRECONDITION);
	}

	@ParameterizedTest
	@ValueSource(classes = { ExerciseBlockingStub.class, ExerciseGrpc.ExerciseBlockingV2Stub.class,
			ExerciseGrpc.ExerciseFutureStub.class, ExerciseGrpc.ExerciseStub.class })
	void everyKindOfStubFansOut(Class<?> type) {
		ConnectionId id = this.client.connection().orElseThrow().id();
		Payload request = Payload.newBuilder().setText("echo").build();
		assertThat(this.context.getBean(ClientStubFactory.class)
			.create(type)
			.fanOut()
			.deadline(LIMIT)
			.call(ExerciseGrpc.getUnaryMethod(), request)
			.toList()).singleElement().satisfies((answer) -> {
				assertThat(answer.connection().id()).isEqualTo(id);
				assertThat(answer.orElseThrow()).isEqualTo(request);
			});
		assertThat(this.trace.called()).containsExactly("brpc.test.Exercise/Unary");
		assertThat(this.trace.served()).containsExactly("brpc.test.Exercise/Unary");
	}

	@Test
	void aClientIsChosenByPrincipalOrGroup() {
		ClientStub<ExerciseBlockingStub> stub = this.context.getBean(ClientStubFactory.class)
			.create(ExerciseBlockingStub.class);
		assertThat(call(stub.forPrincipal("CN=client"), "echo")).isEqualTo("echo");
		assertStatus(() -> stub.forPrincipal("CN=nobody"), Status.Code.NOT_FOUND);
		this.connections.all().forEach((connection) -> connection.joinGroup("chosen"));
		assertThat(call(stub.any("chosen"), "echo")).isEqualTo("echo");
		assertStatus(() -> stub.any("nobody"), Status.Code.NOT_FOUND);
	}

	@Test
	void theRegistryIsTheServers() {
		assertThat(this.connections.all())
			.containsExactlyElementsOf(this.context.getBean(BrpcServer.class).connections().all())
			.singleElement()
			.satisfies((connection) -> {
				assertThat(connection.id()).isEqualTo(this.client.connection().orElseThrow().id());
				assertThat(connection.principal())
					.hasValueSatisfying((principal) -> assertThat(principal.getName()).isEqualTo("CN=client"));
			});
	}

	@Test
	void listenerBeansAreToldOfBothEnds() {
		Awaitility.await()
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(this.trace.connected()).hasSize(2)
				.extracting(BrpcConnection::id)
				.containsOnly(this.client.connection().orElseThrow().id()));
	}

	/**
	 * Returns what the application was told to speak.
	 * @return the wire of all of this class's calls
	 */
	Wire wire() {
		return Wire.BRPC_2;
	}

	@Test
	void bothEndsSayWhatTheySpeak() {
		assertThat(this.client.connection()).map(BrpcConnection::wire).contains(wire());
		assertThat(this.connections.all()).extracting(BrpcConnection::wire).containsExactly(wire());
	}

	@Test
	void noTcpServerIsThere() {
		assertThat(this.context.getBeanNamesForType(GrpcServerLifecycle.class)).isEmpty();
	}

	@Test
	void theServerDoesNotServeTheClientsServices() {
		assertThat(this.context.getBean(BrpcServer.class).getServices())
			.extracting((service) -> service.getServiceDescriptor().getName())
			.contains("brpc.test.Exercise", "grpc.health.v1.Health")
			.doesNotContain("brpc.test.Namer");
	}

	private static String call(ExerciseBlockingStub stub, String text) {
		return stub.withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setText(text).build())
			.getText();
	}

	private static void assertStatus(Runnable call, Status.Code code) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::run)
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(code));
	}

}
