package io.brpc;

import java.time.Duration;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.CallKind;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The time that event loops look for work is the one that the builders were told. What
 * loops do with it is in {@code ShortWaitTests}.
 */
@ExtendWith(Leaks.class)
class BusyWaitTests {

	@RegisterExtension
	final Peers peers = new Peers();

	private final BrpcServerBuilder serverBuilder = BrpcServerBuilder.forPort(0, InsecureServerCredentials.create());

	private final BrpcClientBuilder clientBuilder = BrpcClientBuilder.forAddress("localhost", 1,
			InsecureChannelCredentials.create());

	@Test
	void loopsLookFor50MicrosecondsByDefault() {
		TestServer server = this.peers.server();
		assertLooks(server.server(), 50_000);
		assertLooks(this.peers.client(server).client(), 50_000);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 20_000, 1_000_000 })
	void loopsLookForAsLongAsTheBuilderSays(long nanos) {
		TestServer server = this.peers.server((builder) -> builder.busyWait(Duration.ofNanos(nanos)));
		TestClient client = this.peers.client(server, (builder) -> builder.busyWait(Duration.ofNanos(nanos)));
		assertLooks(server.server(), nanos);
		assertLooks(client.client(), nanos);
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("hello"))).isEqualTo(Payloads.text("hello"));
	}

	@Test
	void aTimeOutOfRangeIsRefused() {
		for (Duration time : new Duration[] { Duration.ofNanos(-1), Duration.ofNanos(1_000_001), Duration.ofDays(1) }) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.serverBuilder.busyWait(time))
				.withMessage("busyWait is " + time + ", zero to PT0.001S");
			assertThatIllegalArgumentException().isThrownBy(() -> this.clientBuilder.busyWait(time))
				.withMessage("busyWait is " + time + ", zero to PT0.001S");
		}
	}

	/**
	 * Asks the event loop itself.
	 */
	private static void assertLooks(Object peer, long nanos) {
		assumeThat(Epoll.isAvailable()).isTrue();
		assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
		EventLoop loop = assertThat(peer).extracting("loops", InstanceOfAssertFactories.type(EventLoopGroup.class))
			.actual()
			.next();
		assertThatObject(loop).extracting("ioHandler.selectStrategy.waitNanos").isEqualTo(nanos);
	}

}
