package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.google.common.util.concurrent.ListenableFuture;
import io.brpc.BrpcConnection;
import io.brpc.ClientStub;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NameResponse;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The limits that properties set hold at run time.
 */
class ServerLimitsTests {

	private final ApplicationContextRunner application = ContextRunners.server()
		.withPropertyValues("brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
				"brpc.client.connection.default.ssl.bundle=client");

	@Test
	void callsNestOnlyAsDeepAsTheyMay() {
		assertEnds(this.application.withBean(CallingBack.class)
			.withBean(CallingForward.class)
			.withPropertyValues("brpc.server.callback.max-depth=2"), "", Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void requestsAreOnlyAsLargeAsTheyMay() {
		assertEnds(
				this.application.withBean(ExerciseService.class)
					.withPropertyValues("brpc.server.inbound.message.max-size=100B"),
				"x".repeat(200), Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void answersAreOnlyAsLargeAsTheyMay() {
		assertEnds(
				this.application.withBean(ExerciseService.class)
					.withPropertyValues("brpc.client.connection.default.inbound.message.max-size=100B"),
				"x".repeat(200), Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void callbacksNestOnlyAsDeepAsTheClientLetsThem() {
		assertEnds(
				this.application.withBean(CallingBack.class)
					.withBean(CallingForward.class)
					.withPropertyValues("brpc.client.connection.default.inbound.max-depth=1"),
				"", Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void aConnectionThatTheServerDrainsLastsOnlyAsLongAsItMay() {
		assertDrainEnds("brpc.server.drain-timeout=100ms",
				(context) -> context.getBean(ConnectionRegistry.class).all().iterator().next());
	}

	@Test
	void aConnectionThatTheClientDrainsLastsOnlyAsLongAsItMay() {
		assertDrainEnds("brpc.client.connection.default.drain-timeout=100ms",
				(context) -> context.getBean(BrpcClient.class).connection().orElseThrow());
	}

	@Test
	void eventLoopsLookForWorkAsLongAsTheyMay() {
		Map<String, Object> builders = new ConcurrentHashMap<>();
		this.application.withBean(BrpcServerBuilderCustomizer.class, () -> (builder) -> builders.put("server", builder))
			.withBean(BrpcClientBuilderCustomizer.class, () -> (name, builder) -> builders.put("client", builder))
			.withPropertyValues("brpc.server.busy-wait=0", "brpc.client.connection.default.busy-wait=20us")
			.run((context) -> {
				assertThat(builders.get("server")).extracting("busyWait.time").isEqualTo(Duration.ZERO);
				assertThat(builders.get("client")).extracting("busyWait.time").isEqualTo(Duration.ofNanos(20_000));
			});
	}

	private void assertDrainEnds(String property, Function<ApplicationContext, BrpcConnection> connection) {
		this.application.withBean(Silent.class).withPropertyValues(property).run((context) -> {
			ListenableFuture<Payload> call = ExerciseGrpc
				.newFutureStub(context.getBean(GrpcChannelFactory.class).createChannel("brpc:default"))
				.withDeadlineAfter(20, TimeUnit.SECONDS)
				.unary(Payload.getDefaultInstance());
			assertThat(context.getBean(Silent.class).called.await(20, TimeUnit.SECONDS)).isTrue();
			connection.apply(context).drain();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> call.get(30, TimeUnit.SECONDS))
				.satisfies((ex) -> assertThat(Status.fromThrowable(ex).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
		});
	}

	private static void assertEnds(ApplicationContextRunner application, String text, Status.Code code) {
		application.run((context) -> {
			ExerciseBlockingStub stub = ExerciseGrpc
				.newBlockingStub(context.getBean(GrpcChannelFactory.class).createChannel("brpc:default"))
				.withDeadlineAfter(20, TimeUnit.SECONDS);
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> stub.unary(Payload.newBuilder().setText(text).build()))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(code));
		});
	}

	static class CallingBack extends ExerciseService {

		private final ClientStub<NamerBlockingStub> namer;

		CallingBack(ClientStub<NamerBlockingStub> namer) {
			this.namer = namer;
		}

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			this.namer.get().name(NameRequest.getDefaultInstance());
			responses.onNext(request);
			responses.onCompleted();
		}

	}

	/**
	 * Never answers.
	 */
	static class Silent extends ExerciseService {

		private final CountDownLatch called = new CountDownLatch(1);

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			this.called.countDown();
		}

	}

	/**
	 * Calls the server again, and so on.
	 */
	@BrpcClientService
	static class CallingForward extends NamerService {

		private final ExerciseBlockingStub server;

		CallingForward(GrpcChannelFactory channels) {
			super("looping");
			this.server = ExerciseGrpc.newBlockingStub(channels.createChannel("brpc:default"));
		}

		@Override
		public void name(NameRequest request, StreamObserver<NameResponse> responses) {
			this.server.unary(Payload.getDefaultInstance());
			super.name(request, responses);
		}

	}

}
