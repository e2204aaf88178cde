package io.brpc.internal.quic;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a peer is taken for deaf.
 */
class UnheardWatchTests {

	private final MockTicker time = Ticker.newMockTicker();

	private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(this.time).build();

	private final AtomicInteger unheard = new AtomicInteger();

	private final AtomicInteger blackHoles = new AtomicInteger();

	private long rttNanos = TimeUnit.MILLISECONDS.toNanos(20);

	private long retransmissions;

	private final UnheardWatch watch = new UnheardWatch(this.channel.eventLoop(), Duration.ofSeconds(10),
			(figures) -> figures.accept(new PathFigures(this.rttNanos, this.retransmissions, 0, 0, 0, 1472)),
			this.blackHoles::incrementAndGet, this.unheard::incrementAndGet);

	@BeforeEach
	void start() {
		this.watch.start();
		pass(1);
	}

	@AfterEach
	void closeChannel() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whoRepeatsItselfInVainIsUnheard() {
		repeat(9);
		assertThat(this.unheard).hasValue(0);
		repeat(1);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void whoSpeaksOnInVainIsUnheard() {
		speak(9);
		assertThat(this.unheard).hasValue(0);
		speak(1);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void whatIsAcknowledgedBetweenTwoLooksIsHeard() {
		this.watch.said();
		acknowledge();
		pass(100);
		assertThat(this.unheard).hasValue(0);
	}

	@Test
	void probesNeedNotComeWithEachLook() {
		repeat(1);
		pass(4);
		repeat(1);
		pass(3);
		assertThat(this.unheard).hasValue(0);
		pass(1);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void whoSaysNothingIsNotUnheard() {
		pass(100);
		assertThat(this.unheard).hasValue(0);
	}

	@Test
	void silenceBeforeDoesNotCount() {
		pass(100);
		repeat(9);
		assertThat(this.unheard).hasValue(0);
		repeat(2);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void anAcknowledgementBeginsTheTimeAgain() {
		repeat(9);
		acknowledge();
		repeat(9);
		acknowledge();
		pass(100);
		assertThat(this.unheard).hasValue(0);
	}

	@Test
	void aSlowPathHasMoreTime() {
		this.rttNanos = TimeUnit.SECONDS.toNanos(3);
		pass(1);
		repeat(17);
		assertThat(this.unheard).hasValue(0);
		repeat(1);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void halfOfTheTimeIsSuspicious() {
		repeat(4);
		assertThat(this.watch.isSuspicious()).isFalse();
		repeat(1);
		assertThat(this.watch.isSuspicious()).isTrue();
		acknowledge();
		assertThat(this.watch.isSuspicious()).isFalse();
	}

	@Test
	void smallerDatagramsAreTriedLongBefore() {
		pass(100);
		acknowledge();
		assertThat(this.blackHoles).hasValue(0);
		repeat(1);
		assertThat(this.blackHoles).hasValue(1);
		repeat(5);
		assertThat(this.blackHoles).hasValue(1);
		assertThat(this.unheard).hasValue(0);
	}

	@Test
	void itTellsOnceAndLooksNoMore() {
		repeat(30);
		assertThat(this.unheard).hasValue(1);
	}

	@Test
	void whoIsStoppedTellsNothing() {
		repeat(5);
		this.watch.stop();
		repeat(30);
		assertThat(this.unheard).hasValue(0);
	}

	private void acknowledge() {
		this.rttNanos++;
		pass(1);
	}

	private void speak(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.watch.said();
			pass(1);
		}
	}

	private void repeat(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.retransmissions++;
			pass(1);
		}
	}

	private void pass(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.time.advance(1, TimeUnit.SECONDS);
			this.channel.runScheduledPendingTasks();
		}
	}

}
