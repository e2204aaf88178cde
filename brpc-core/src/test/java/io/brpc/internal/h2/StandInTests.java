package io.brpc.internal.h2;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(Leaks.class)
class StandInTests {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final AtomicInteger connects = new AtomicInteger();

	private final AtomicInteger closedByGrpc = new AtomicInteger();

	private volatile StreamChannel transport;

	private volatile StandIn standIn;

	private final ManagedChannel channel = StreamCaller.dialing("localhost:1", this.loops, this::connect).build();

	@AfterEach
	void end() throws Exception {
		this.channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
		this.loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).sync();
	}

	@Test
	void theChannelBecomesReadyAndStaysSo() {
		becomeReady();
		this.loops.submit(() -> {
		}).syncUninterruptibly();
		assertThat(this.channel.getState(false)).isEqualTo(ConnectivityState.READY);
		assertThat(this.connects).hasValue(1);
	}

	@Test
	void aCallIsRefused() {
		becomeReady();
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> ExerciseGrpc.newBlockingStub(this.channel).unary(Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(failure).hasMessageContaining("REFUSED_STREAM");
		assertThat(this.channel.getState(false)).isEqualTo(ConnectivityState.READY);
	}

	@Test
	void theChannelConnectsAnewWhenItIsToldToGo() {
		becomeReady();
		StreamChannel first = this.transport;
		this.loops.execute(this.standIn::goAway);
		awaitState(ConnectivityState.IDLE);
		await().until(() -> !first.isOpen());
		becomeReady();
		assertThat(this.connects).hasValue(2);
		assertThat(this.closedByGrpc).hasValue(0);
	}

	@Test
	void theChannelConnectsAnewWhenTheConnectionEnds() {
		becomeReady();
		this.loops.execute(() -> this.transport.fail(Status.UNAVAILABLE.withDescription("gone")));
		awaitState(ConnectivityState.IDLE);
		becomeReady();
		assertThat(this.connects).hasValue(2);
		assertThat(this.closedByGrpc).hasValue(0);
	}

	@Test
	void theConnectionLearnsThatGrpcWantsItNoMore() throws Exception {
		becomeReady();
		this.channel.shutdown();
		assertThat(this.channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		await().untilAsserted(() -> assertThat(this.closedByGrpc).hasValue(1));
	}

	private void becomeReady() {
		this.channel.getState(true);
		awaitState(ConnectivityState.READY);
	}

	private void awaitState(ConnectivityState state) {
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.channel.getState(false) == state);
	}

	private void connect(StreamChannel transport, SocketAddress remote) {
		this.connects.incrementAndGet();
		this.transport = transport;
		this.standIn = new StandIn(new StandIn.Owner() {
			@Override
			public SocketAddress localAddress() {
				return InetSocketAddress.createUnresolved("here", 1);
			}

			@Override
			public SocketAddress remoteAddress() {
				return remote;
			}

			@Override
			public void closedByGrpc() {
				StandInTests.this.closedByGrpc.incrementAndGet();
			}
		});
		transport.connected(this.standIn);
	}

}
