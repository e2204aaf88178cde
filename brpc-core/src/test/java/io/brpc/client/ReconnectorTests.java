package io.brpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The schedule, on a clock that only the test moves.
 */
class ReconnectorTests {

	private final EmbeddedChannel clock = new EmbeddedChannel();

	private final AtomicLong now = new AtomicLong();

	private final FakeChannel channel = new FakeChannel();

	private double random = 0.5;

	private boolean leaving;

	private final Reconnector reconnector = new Reconnector(this.channel, this.clock.eventLoop(),
			new ReconnectSettings(true, Duration.ofSeconds(1), Duration.ofSeconds(3)), this::takeLeave, this.now::get,
			() -> this.random);

	ReconnectorTests() {
		this.clock.freezeTime();
	}

	@Test
	void connectsAtOnceWhenStarted() {
		start();
		assertThat(this.channel.connects).isEqualTo(1);
	}

	@Test
	void idleChannelIsConnectedAfterAGrowingDelay() {
		start();
		List<Long> delays = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			become(ConnectivityState.CONNECTING);
			become(ConnectivityState.READY);
			become(ConnectivityState.IDLE);
			delays.add(millisUntilNextConnect());
		}
		assertThat(delays).containsExactly(1000L, 1600L, 2560L, 3000L, 3000L);
	}

	@Test
	void connectionThatLastedResetsTheDelay() {
		start();
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		assertThat(millisUntilNextConnect()).isEqualTo(1000L);
		become(ConnectivityState.READY);
		advance(10_000);
		become(ConnectivityState.IDLE);
		assertThat(millisUntilNextConnect()).isEqualTo(1000L);
	}

	@Test
	void failedAttemptIsRepeatedNoLaterThanTheDelay() {
		start();
		become(ConnectivityState.CONNECTING);
		become(ConnectivityState.TRANSIENT_FAILURE);
		advance(999);
		assertThat(this.channel.resets).isZero();
		advance(1);
		assertThat(this.channel.resets).isEqualTo(1);
	}

	@Test
	void connectionThatIsDrainedIsReplacedAtOnce() {
		start();
		drain();
		advance(0);
		assertThat(this.channel.connects).isEqualTo(2);
	}

	@Test
	void connectionsThatAreDrainedOneAfterTheOtherAreReplacedAfterADelay() {
		start();
		drain();
		advance(0);
		assertThat(this.channel.connects).isEqualTo(2);
		drain();
		assertThat(millisUntilNextConnect()).isEqualTo(1600L);
		drain();
		assertThat(millisUntilNextConnect()).isEqualTo(2560L);
	}

	@Test
	void attemptThatIsPlannedCanBeSeen() {
		start();
		assertThat(this.reconnector.due()).isEmpty();
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		assertThat(this.reconnector.due()).isPresent();
		become(ConnectivityState.CONNECTING);
		assertThat(this.reconnector.due()).isEmpty();
	}

	@Test
	void delaysAreSpread() {
		this.random = 0;
		start();
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		assertThat(millisUntilNextConnect()).isEqualTo(800L);
		this.random = 1;
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		assertThat(millisUntilNextConnect()).isEqualTo(1920L);
	}

	@Test
	void connectionThatComesByItselfCancelsTheAttempt() {
		start();
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		become(ConnectivityState.CONNECTING);
		advance(10_000);
		assertThat(this.channel.connects).isEqualTo(1);
	}

	@Test
	void shutDownChannelIsLeftAlone() {
		start();
		become(ConnectivityState.READY);
		become(ConnectivityState.IDLE);
		become(ConnectivityState.SHUTDOWN);
		advance(10_000);
		assertThat(this.channel.connects).isEqualTo(1);
		assertThat(this.channel.watchers).isEmpty();
	}

	private void drain() {
		become(ConnectivityState.READY);
		this.leaving = true;
		become(ConnectivityState.IDLE);
	}

	private boolean takeLeave() {
		boolean leaving = this.leaving;
		this.leaving = false;
		return leaving;
	}

	@Test
	void settingsHaveBounds() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ReconnectSettings(true, Duration.ZERO, Duration.ofSeconds(1)))
			.withMessageStartingWith("initialBackoff is PT0S");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ReconnectSettings(true, Duration.ofSeconds(2), Duration.ofSeconds(1)))
			.withMessageStartingWith("maxBackoff is PT1S");
	}

	private void start() {
		this.reconnector.start();
		this.clock.runPendingTasks();
	}

	private void become(ConnectivityState state) {
		this.channel.become(state);
		this.clock.runPendingTasks();
	}

	private void advance(long millis) {
		this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
		this.clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
		this.clock.runScheduledPendingTasks();
	}

	private long millisUntilNextConnect() {
		int before = this.channel.connects;
		for (long millis = 0; millis < 10_000; millis++) {
			if (this.channel.connects > before) {
				return millis;
			}
			advance(1);
		}
		throw new AssertionError("no attempt within 10 s");
	}

	/**
	 * A channel whose state the test sets.
	 */
	private static final class FakeChannel extends ManagedChannel {

		private final List<Runnable> watchers = new ArrayList<>();

		private ConnectivityState state = ConnectivityState.IDLE;

		private int connects;

		private int resets;

		void become(ConnectivityState next) {
			this.state = next;
			List<Runnable> told = List.copyOf(this.watchers);
			this.watchers.clear();
			told.forEach(Runnable::run);
		}

		@Override
		public ConnectivityState getState(boolean requestConnection) {
			if (requestConnection && this.state == ConnectivityState.IDLE) {
				this.connects++;
			}
			return this.state;
		}

		@Override
		public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
			this.watchers.add(callback);
		}

		@Override
		public void resetConnectBackoff() {
			this.resets++;
		}

		@Override
		public ManagedChannel shutdown() {
			return this;
		}

		@Override
		public ManagedChannel shutdownNow() {
			return this;
		}

		@Override
		public boolean isShutdown() {
			return false;
		}

		@Override
		public boolean isTerminated() {
			return false;
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) {
			return false;
		}

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			throw new AssertionError("no call here");
		}

		@Override
		public String authority() {
			return "test";
		}

	}

}
