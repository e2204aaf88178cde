package io.brpc;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TransportSettingsTests {

	private final TransportSettings defaults = TransportSettings.defaults();

	@Test
	void defaultsAreWhatTheDocumentationSays() {
		assertThat(this.defaults).isEqualTo(new TransportSettings(Duration.ofSeconds(30), Duration.ofSeconds(10),
				Duration.ofSeconds(10), Duration.ofSeconds(30), 16777216, 8388608, 67108864, CongestionControl.CUBIC,
				8972, List.of("brpc/1"), List.of(Wire.BRPC_2, Wire.BRPC_1), new FrameSettings(4, 524288, 67108864)));
	}

	@Test
	void eachChangeChangesOneThing() {
		TransportSettings changed = this.defaults.withIdle(Duration.ofSeconds(40), Duration.ofSeconds(20))
			.withSetupTimeout(Duration.ofSeconds(1))
			.withDrainTimeout(Duration.ofSeconds(2))
			.withFlowControl(2000, 1000)
			.withMaxQueuedBytes(500)
			.withCongestionControl(CongestionControl.BBR)
			.withMaxDatagramSize(1472)
			.withApplicationProtocols("a", "b")
			.withWires(Wire.BRPC_1)
			.withFrames(new FrameSettings(1, 2, 3));
		assertThat(changed).isEqualTo(new TransportSettings(Duration.ofSeconds(40), Duration.ofSeconds(20),
				Duration.ofSeconds(1), Duration.ofSeconds(2), 2000, 1000, 500, CongestionControl.BBR, 1472,
				List.of("a", "b"), List.of(Wire.BRPC_1), new FrameSettings(1, 2, 3)));
	}

	@Test
	void zeroTurnsKeepAliveOff() {
		TransportSettings changed = this.defaults.withIdle(Duration.ofSeconds(2), Duration.ZERO);
		assertThat(changed.keepAliveInterval()).isZero();
	}

	@Test
	void keepAliveBelowGrpcsFloorIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.defaults.withIdle(Duration.ofSeconds(30), Duration.ofSeconds(9)))
			.withMessage("keepAliveInterval is PT9S, at least PT10S or zero");
	}

	@Test
	void keepAliveThatWouldComeTooLateIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.defaults.withIdle(Duration.ofSeconds(15), Duration.ofSeconds(15)))
			.withMessage("keepAliveInterval is PT15S, less than maxIdleTimeout, which is PT15S");
	}

	@Test
	void timeOutsArePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withIdle(Duration.ZERO, Duration.ZERO))
			.withMessageStartingWith("maxIdleTimeout");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withSetupTimeout(Duration.ofMillis(-1)))
			.withMessageStartingWith("setupTimeout");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withDrainTimeout(Duration.ZERO))
			.withMessageStartingWith("drainTimeout");
	}

	@Test
	void flowControlHasBounds() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withFlowControl(0, 0))
			.withMessageStartingWith("initialMaxData is 0 bytes");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withFlowControl(1000, 1001))
			.withMessage("initialMaxStreamData is 1001, more than initialMaxData, which is 1000");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withFlowControl(1L << 31, 1))
			.withMessageStartingWith("initialMaxData is 2147483648 bytes");
	}

	@Test
	void datagramsHaveBounds() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withMaxDatagramSize(1199))
			.withMessage("maxDatagramSize is 1199 bytes, 1200 to 8972");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withMaxDatagramSize(8973))
			.withMessage("maxDatagramSize is 8973 bytes, 1200 to 8972");
	}

	@Test
	void whatThePeerMaySendInFramesHasBounds() {
		assertThatIllegalArgumentException().isThrownBy(() -> new FrameSettings(0, 1, 1))
			.withMessage("maxLanes is 0, 1 to 64");
		assertThatIllegalArgumentException().isThrownBy(() -> new FrameSettings(65, 1, 1))
			.withMessage("maxLanes is 65, 1 to 64");
		assertThatIllegalArgumentException().isThrownBy(() -> new FrameSettings(1, 0, 1))
			.withMessage("callWindow is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> new FrameSettings(1, 1001, 1000))
			.withMessage("maxUntakenBytes is 1000, less than callWindow, which is 1001");
	}

	@Test
	void thereIsAlwaysAnApplicationProtocol() {
		assertThatIllegalArgumentException().isThrownBy(this.defaults::withApplicationProtocols)
			.withMessageStartingWith("applicationProtocols is empty");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withApplicationProtocols(""))
			.withMessageStartingWith("applicationProtocols has a name of 0 characters");
	}

	@Test
	void anotherWiresNameIsNotOneOfBrpc1() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withApplicationProtocols("x", "brpc/2"))
			.withMessage("applicationProtocols has brpc/2, which is another wire's name");
	}

	@Test
	void wiresAreNamedOnceEach() {
		assertThat(this.defaults.withWires(Wire.BRPC_2, Wire.BRPC_1)).isEqualTo(this.defaults);
		assertThatIllegalArgumentException().isThrownBy(this.defaults::withWires)
			.withMessage("wires is empty, at least one");
		assertThatIllegalArgumentException().isThrownBy(() -> this.defaults.withWires(Wire.BRPC_1, Wire.BRPC_1))
			.withMessage("wires is [brpc/1, brpc/1], each at most once");
	}

}
