package io.brpc.internal.h2;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What counts as a stall.
 */
class StallWatchTests {

	private final MockTicker time = Ticker.newMockTicker();

	private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(this.time).build();

	private final AtomicInteger stalls = new AtomicInteger();

	private final StallWatch watch = new StallWatch(this.channel.eventLoop(), Duration.ofSeconds(10),
			this.stalls::incrementAndGet);

	@AfterEach
	void closeChannel() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void aStreamThatTakesNothingStalls() {
		this.watch.wrote(false, true);
		pass(9);
		assertThat(this.stalls).hasValue(0);
		pass(1);
		assertThat(this.stalls).hasValue(1);
	}

	@Test
	void moreThatWaitsIsNoProgress() {
		this.watch.wrote(false, true);
		pass(6);
		this.watch.wrote(false, true);
		pass(4);
		assertThat(this.stalls).hasValue(1);
	}

	@Test
	void aStreamThatTakesALittleDoesNotStall() {
		this.watch.wrote(false, true);
		for (int i = 0; i < 10; i++) {
			pass(6);
			this.watch.wrote(true, true);
		}
		assertThat(this.stalls).hasValue(0);
		pass(10);
		assertThat(this.stalls).hasValue(1);
	}

	@Test
	void aStreamForWhichNothingWaitsDoesNotStall() {
		this.watch.wrote(false, true);
		pass(6);
		this.watch.wrote(true, false);
		pass(60);
		this.watch.wrote(false, true);
		pass(9);
		assertThat(this.stalls).hasValue(0);
	}

	@Test
	void aWatchThatWasStoppedSaysNothing() {
		this.watch.wrote(false, true);
		this.watch.stop();
		pass(60);
		assertThat(this.stalls).hasValue(0);
	}

	private void pass(int seconds) {
		this.time.advance(seconds, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
