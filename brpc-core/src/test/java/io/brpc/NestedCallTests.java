package io.brpc;

import java.security.Principal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.net.ssl.SSLSession;

import com.google.common.util.concurrent.MoreExecutors;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
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
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Handlers that call back the client whose call they handle.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class NestedCallTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Peers peers = new Peers();

	static Stream<Arguments> kindsOfCallAndCallback() {
		return Stream.of(CallKind.values())
			.flatMap((call) -> Stream.of(CallKind.values()).map((callback) -> Arguments.of(call, callback)));
	}

	@ParameterizedTest
	@MethodSource("kindsOfCallAndCallback")
	void aHandlerOfEachKindCallsBackInEachKind(CallKind call, CallKind callback) {
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> callback.ask(clients.get(), request)));
		TestClient client = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		assertThat(call.ask(client.channel(), Payloads.text("Hello")).getText()).isEqualTo("Hello Grete");
	}

	@Test
	void everyTypeOfStubCallsBack() {
		TestServer server = this.peers.server();
		ConnectionRegistry connections = server.connections();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		ClientStub<ExerciseGrpc.ExerciseBlockingStub> blocking = ClientStub.of(connections,
				ExerciseGrpc::newBlockingStub);
		ClientStub<ExerciseGrpc.ExerciseBlockingV2Stub> blockingV2 = ClientStub.of(connections,
				ExerciseGrpc::newBlockingV2Stub);
		ClientStub<ExerciseGrpc.ExerciseFutureStub> future = ClientStub.of(connections, ExerciseGrpc::newFutureStub);
		ClientStub<ExerciseGrpc.ExerciseStub> async = ClientStub.of(connections, ExerciseGrpc::newStub);
		server.serve(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				try {
					Payload first = blocking.get().unary(request);
					Payload second = blockingV2.get().unary(first);
					Payload third = future.get().unary(second).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
					async.get().unary(third, responses);
				}
				catch (Exception ex) {
					responses.onError(ex);
				}
			}
		});
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("Hi")).getText())
			.isEqualTo("Hi Grete Grete Grete Grete");
	}

	@Test
	void aStubOfTheCurrentChannelIsMadeOnceAndCallsWhoeverCalls() {
		TestServer server = this.peers.server();
		Channel current = server.connections().currentChannel();
		ExerciseGrpc.ExerciseBlockingStub stub = ExerciseGrpc.newBlockingStub(current);
		server.serve(new ExerciseService(stub::unary));
		TestClient grete = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		TestClient hans = this.peers.client(server, (builder) -> builder.addService(named("Hans")));
		assertThat(CallKind.UNARY.ask(grete.channel(), Payloads.text("Hello")).getText()).isEqualTo("Hello Grete");
		assertThat(CallKind.UNARY.ask(hans.channel(), Payloads.text("Hello")).getText()).isEqualTo("Hello Hans");
		assertThat(failureOf(() -> stub.unary(Payload.getDefaultInstance())).getStatus().getCode())
			.isEqualTo(Status.Code.FAILED_PRECONDITION);
	}

	@Test
	void aCallbackCallsBackToo() {
		CallLimits deep = new CallLimits(1000, 1000, 100);
		TestServer server = this.peers.server((builder) -> builder.callLimits(deep));
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> (request.getCount() == 0) ? request
				: CallKind.UNARY.ask(clients.get(), request.toBuilder().setCount(request.getCount() - 1).build())));
		AtomicReference<@Nullable TestClient> itself = new AtomicReference<>();
		TestClient client = this.peers.client(server,
				(builder) -> builder.callLimits(deep).addService(new ExerciseService((request) -> {
					TestClient caller = itself.get();
					Payload longer = Payloads.text(request.getText() + ".")
						.toBuilder()
						.setCount(request.getCount())
						.build();
					return (caller != null) ? CallKind.UNARY.ask(caller.channel(), longer) : longer;
				})));
		itself.set(client);
		Payload start = Payloads.text("").toBuilder().setCount(10).build();
		assertThat(CallKind.UNARY.ask(client.channel(), start).getText()).isEqualTo("..........");
	}

	@Test
	void theDeadlineIsInherited() {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		TestServer server = this.peers.server();
		server.serve(callingBack(server));
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService((request) -> {
			seen.set(Context.current().getDeadline());
			return request;
		})));
		ExerciseGrpc.ExerciseBlockingStub stub = ExerciseGrpc.newBlockingStub(client.channel());
		stub.unary(Payload.getDefaultInstance());
		assertThat(seen.get()).as("deadline of a callback in a call without one")
			.isNotNull()
			.satisfies((deadline) -> assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(1L, 30L));
		stub.withDeadlineAfter(20, TimeUnit.SECONDS).unary(Payload.getDefaultInstance());
		assertThat(seen.get()).isNotNull()
			.satisfies((deadline) -> assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(1L, 20L));
	}

	@Test
	void theEndOfTheDeadlineEndsTheCallbackToo() throws Exception {
		TestServer server = this.peers.server();
		server.serve(callingBack(server));
		HangingService handler = new HangingService();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(handler));
		StatusRuntimeException failure = failureOf(() -> ExerciseGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(500, TimeUnit.MILLISECONDS)
			.unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		handler.awaitCancellation();
	}

	@Test
	void cancellationOfTheCallCancelsTheCallback() throws Exception {
		TestServer server = this.peers.server();
		CompletableFuture<StatusRuntimeException> seenByServer = new CompletableFuture<>();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			StatusRuntimeException failure = failureOf(() -> CallKind.UNARY.ask(clients.get(), request));
			seenByServer.complete(failure);
			throw failure;
		}));
		HangingService handler = new HangingService();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(handler));
		Recorder recorder = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).unary(Payload.getDefaultInstance(), recorder);
		handler.awaitStart();
		recorder.call().cancel("changed my mind", null);
		assertThat(recorder.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
		handler.awaitCancellation();
		assertThat(seenByServer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getStatus().getCode())
			.isEqualTo(Status.Code.CANCELLED);
	}

	@Test
	void thereIsNoCallingClientOutsideACall() {
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		this.peers.client(server);
		assertThatExceptionOfType(NoClientException.class).isThrownBy(clients::get).satisfies((failure) -> {
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
			assertThat(failure.getStatus().getDescription()).contains("forConnection(id)");
		});
		assertThat(server.connections().current()).isEmpty();
	}

	@Test
	void aClientIsFoundByItsConnectionId() {
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		this.peers.client(server, (builder) -> builder.addService(named("Hans")));
		TestClient grete = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		Channel channel = clients.forConnection(grete.awaitConnection().id());
		assertThat(CallKind.UNARY.ask(channel, Payloads.text("Hello")).getText()).isEqualTo("Hello Grete");
		ConnectionId unknown = ConnectionId.random();
		assertThatExceptionOfType(NoClientException.class).isThrownBy(() -> clients.forConnection(unknown))
			.satisfies((failure) -> {
				assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
				assertThat(failure.getStatus().getDescription()).contains(unknown.toString());
			});
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerThatLetsTheExceptionPassEndsItsCallWithTheSameStatus(CallKind kind) {
		ConnectionId unknown = ConnectionId.random();
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> CallKind.UNARY.ask(clients.forConnection(unknown), request)));
		TestClient client = this.peers.client(server);
		Status status = failureOf(() -> kind.ask(client.channel(), Payload.getDefaultInstance())).getStatus();
		assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
		assertThat(status.getDescription()).isEqualTo(NoClientException.unknown(unknown).getStatus().getDescription());
	}

	@Test
	void anotherThreadKnowsTheCallingClientIfTheContextIsHandedOn() {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		this.peers.add(() -> MoreExecutors.shutdownAndAwaitTermination(thread, PATIENCE));
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			Executor with = Context.currentContextExecutor(thread);
			Executor executor = request.getText().equals("with") ? with : thread;
			return CompletableFuture
				.supplyAsync(() -> outcome(() -> CallKind.UNARY.ask(clients.get(), request)), executor)
				.join();
		}));
		TestClient client = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("with")).getText()).isEqualTo("with Grete");
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("without")).getText())
			.isEqualTo("FAILED_PRECONDITION");
	}

	private static Payload outcome(Supplier<Payload> call) {
		try {
			return call.get();
		}
		catch (StatusRuntimeException ex) {
			return Payloads.text(ex.getStatus().getCode().name());
		}
	}

	@Test
	void aKeptStubOutlivesTheCallButNotTheConnection() throws Exception {
		TestServer server = this.peers.server();
		AtomicReference<@Nullable Channel> kept = new AtomicReference<>();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			kept.set(clients.get());
			return request;
		}));
		TestClient client = this.peers.client(server, (builder) -> builder.addService(named("Grete")));
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		Channel channel = kept.get();
		assertThat(channel).isNotNull();
		assertThat(CallKind.UNARY.ask(channel, Payloads.text("Hello")).getText()).isEqualTo("Hello Grete");
		ConnectionId id = client.awaitConnection().id();
		client.close();
		server.log().awaitReasons(1);
		Status status = failureOf(() -> CallKind.UNARY.ask(channel, Payloads.text("Hello"))).getStatus();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).contains(id.toString()).contains("closed by the peer: NO_ERROR (0x0)");
	}

	@Test
	void aCallKnowsItsTransport() {
		Attributing onServer = new Attributing();
		Attributing onClient = new Attributing();
		TestServer server = this.peers.server((builder) -> builder.intercept(onServer));
		server.serve(callingBack(server));
		TestClient client = this.peers.client(server,
				(builder) -> builder.addService(new ExerciseService()).interceptCallbacks(onClient));
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		BrpcConnection clientEnd = client.awaitConnection();
		BrpcConnection serverEnd = server.awaitConnection(clientEnd.id());
		onServer.verify(serverEnd);
		onClient.verify(clientEnd);
		assertThat(serverEnd.remoteAddress().getPort()).isEqualTo(clientEnd.localAddress().getPort());
		assertThat(clientEnd.remoteAddress().getPort()).isEqualTo(server.port());
		assertThat(serverEnd.principal()).isEmpty();
		assertThat(clientEnd.principal()).map(Principal::getName).hasValue("CN=localhost");
	}

	@Test
	void theServerKnowsWhoAClientWithACertificateIs() {
		AtomicReference<Optional<Principal>> seen = new AtomicReference<>(Optional.empty());
		TestServer server = this.peers.add(new TestServer(
				BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials(ClientAuth.REQUIRE)),
				(builder) -> {
				}))
			.start();
		server.serve(new ExerciseService((request) -> {
			seen.set(server.connections().current().orElseThrow().principal());
			return request;
		}));
		TestClient client = this.peers.add(new TestClient(BrpcClientBuilder.forTarget("localhost:" + server.port(),
				TestCertificates.shared().clientCredentials("CN=Grete,O=Sweets")), (builder) -> {
				}))
			.start();
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		assertThat(seen.get()).map(Principal::getName).hasValue("CN=Grete,O=Sweets");
	}

	@Test
	void aHandlerOnEitherSideKnowsTheConnection() {
		AtomicReference<Optional<BrpcConnection>> onServer = new AtomicReference<>(Optional.empty());
		AtomicReference<Optional<BrpcConnection>> onClient = new AtomicReference<>(Optional.empty());
		AtomicReference<@Nullable BrpcClient> itself = new AtomicReference<>();
		TestServer server = this.peers.server();
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		server.serve(new ExerciseService((request) -> {
			onServer.set(server.connections().current());
			return CallKind.UNARY.ask(clients.get(), request);
		}));
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new ExerciseService((request) -> {
			BrpcClient own = itself.get();
			onClient.set((own != null) ? own.callingConnection() : Optional.empty());
			return request;
		})));
		itself.set(client.client());
		CallKind.UNARY.ask(client.channel(), Payload.getDefaultInstance());
		assertThat(onServer.get()).map(BrpcConnection::id).hasValue(client.awaitConnection().id());
		assertThat(onClient.get()).contains(client.awaitConnection());
		assertThat(client.client().callingConnection()).isEmpty();
	}

	@Test
	void whatAConnectionKeepsIsThereInEveryCall() {
		TestServer server = this.peers.server();
		server.serve(new ExerciseService((request) -> {
			BrpcConnection connection = server.connections().current().orElseThrow();
			Object count = connection.attributes().merge("count", 1, (old, one) -> (int) old + (int) one);
			return Payloads.count((int) count);
		}));
		TestClient grete = this.peers.client(server);
		TestClient hans = this.peers.client(server);
		assertThat(CallKind.UNARY.ask(grete.channel(), Payload.getDefaultInstance()).getCount()).isEqualTo(1);
		assertThat(CallKind.UNARY.ask(grete.channel(), Payload.getDefaultInstance()).getCount()).isEqualTo(2);
		assertThat(CallKind.UNARY.ask(hans.channel(), Payload.getDefaultInstance()).getCount()).isEqualTo(1);
	}

	private static ExerciseService named(String name) {
		return new ExerciseService((request) -> request.toBuilder().setText(request.getText() + " " + name).build());
	}

	private static ExerciseService callingBack(TestServer server) {
		ClientStub<Channel> clients = ClientStub.of(server.connections(), Function.identity());
		return new ExerciseService((request) -> CallKind.UNARY.ask(clients.get(), request));
	}

	/**
	 * Keeps what the last call says of its transport.
	 */
	private static final class Attributing implements ServerInterceptor {

		private volatile Attributes attributes = Attributes.EMPTY;

		private volatile SecurityLevel security = SecurityLevel.NONE;

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			this.attributes = call.getAttributes();
			this.security = call.getSecurityLevel();
			return next.startCall(call, headers);
		}

		void verify(BrpcConnection connection) {
			SSLSession session = this.attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
			assertThat(session).isNotNull().satisfies((tls) -> assertThat(tls.getProtocol()).isEqualTo("TLSv1.3"));
			assertThat(session).isSameAs(connection.sslSession());
			assertThat(this.attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isEqualTo(connection.remoteAddress());
			assertThat(this.attributes.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)).isEqualTo(connection.localAddress());
			assertThat(this.security).isEqualTo(SecurityLevel.PRIVACY_AND_INTEGRITY);
		}

	}

}
