package io.brpc.internal.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.CallLimits;
import io.brpc.TransportSettings;
import io.grpc.Context;
import io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * After how much silence a client is asked for a sign of life, which is what the server's
 * builder was told.
 */
class FrameServiceTests {

	private static final TransportSettings TRANSPORT = TransportSettings.defaults()
		.withIdle(Duration.ofMinutes(5), Duration.ofSeconds(77));

	private final ServiceRecorder services = new ServiceRecorder(NettyServerBuilder.forPort(0));

	private Duration keepAliveInterval() {
		return FrameService
			.accepting(TRANSPORT, CallLimits.defaults(), this.services,
					new CallerInterceptor(Context.key("connection"), 8), CallExecutor.of(Runnable::run, "none"))
			.settings()
			.keepAliveInterval();
	}

	@Test
	void keepAliveTimeOfTheBuilderHolds() {
		this.services.keepAliveTime(2, TimeUnit.MINUTES);
		assertThat(keepAliveInterval()).isEqualTo(Duration.ofMinutes(2));
	}

	@Test
	void keepAliveTimeOfTheBuilderHasGrpcsFloor() {
		this.services.keepAliveTime(1, TimeUnit.SECONDS);
		assertThat(keepAliveInterval()).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void settingsHoldUnlessTheBuilderWasTold() {
		assertThat(keepAliveInterval()).isEqualTo(Duration.ofSeconds(77));
	}

	@Test
	void settingsHoldIfTheBuilderWasToldAnEternity() {
		this.services.keepAliveTime(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
		assertThat(keepAliveInterval()).isEqualTo(Duration.ofSeconds(77));
	}

}
