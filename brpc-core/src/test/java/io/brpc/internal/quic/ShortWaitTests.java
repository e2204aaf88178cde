package io.brpc.internal.quic;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShortWaitTests {

	private static final long NANOS_PER_LOOK = 1000;

	private static final int LOOKS = 50;

	private final AtomicLong clock = new AtomicLong();

	private final AtomicInteger looks = new AtomicInteger();

	/**
	 * The look that finds something, counted from 1; 0 for none.
	 */
	private int ready;

	private boolean hasTasks;

	private final ShortWait strategy = new ShortWait(LOOKS * NANOS_PER_LOOK, () -> this.hasTasks,
			() -> this.clock.get());

	private int decide(boolean busy) throws Exception {
		return decide(this.strategy, busy);
	}

	private int decide(ShortWait strategy, boolean busy) throws Exception {
		this.looks.set(0);
		return strategy.calculateStrategy(() -> {
			this.clock.addAndGet(NANOS_PER_LOOK);
			return (this.looks.incrementAndGet() == this.ready) ? 3 : 0;
		}, busy);
	}

	@Test
	void aLoopWithTasksLooksOnce() throws Exception {
		assertThat(decide(true)).isZero();
		assertThat(this.looks).hasValue(1);
	}

	@Test
	void workThatComesSoonIsFoundWithoutSleep() throws Exception {
		this.ready = 10;
		assertThat(decide(false)).isEqualTo(3);
		assertThat(this.looks).hasValue(10);
	}

	@Test
	void tasksOfOtherThreadsEndTheWait() throws Exception {
		this.hasTasks = true;
		assertThat(decide(false)).isZero();
		assertThat(this.looks).hasValue(1);
	}

	@Test
	void theLoopSleepsWhenTheTimeIsOver() throws Exception {
		assertThat(decide(false)).isEqualTo(SelectStrategy.SELECT);
		assertThat(this.looks).hasValue(LOOKS);
	}

	@Test
	void aLoopWithoutTimeToLookSleepsAtOnce() throws Exception {
		ShortWait none = new ShortWait(0, () -> this.hasTasks, this.clock::get);
		this.ready = 1;
		assertThat(decide(none, false)).isEqualTo(SelectStrategy.SELECT);
		assertThat(this.looks).hasValue(0);
		assertThat(decide(none, true)).isEqualTo(3);
	}

	@Test
	void aLoopThatLooksInVainLooksLessAndLess() throws Exception {
		int looked = 0;
		int waits = 10_000;
		for (int i = 0; i < waits; i++) {
			assertThat(decide(false)).isEqualTo(SelectStrategy.SELECT);
			looked += (this.looks.get() > 0) ? 1 : 0;
		}
		assertThat(looked).isBetween(waits / 64, waits / 64 + 6);
	}

	@Test
	void aLoopThatFoundSomethingLooksAgainNextTime() throws Exception {
		for (int i = 0; i < 1 + 1 + 3; i++) {
			decide(false);
		}
		// The third look, behind one wait and three waits without.
		this.ready = 1;
		for (int wait = 0; decide(false) == SelectStrategy.SELECT; wait++) {
			assertThat(wait).isLessThan(64);
		}
		this.ready = 0;
		decide(false);
		assertThat(this.looks).hasValue(LOOKS);
		decide(false);
		assertThat(this.looks).hasValue(0);
	}

}
