package io.brpc.internal.brpc2;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When an end asks for a sign of life. Time is the test's.
 */
class PingsTests {

	private static final Duration INTERVAL = Duration.ofSeconds(20);

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(this.ticker).build();

	private final List<Long> sent = new ArrayList<>();

	private final Pings pings = new Pings(this.channel.eventLoop(), INTERVAL, this.sent::add);

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	private void pass(long seconds) {
		for (long i = 0; i < seconds; i++) {
			this.ticker.advance(1, TimeUnit.SECONDS);
			this.channel.runScheduledPendingTasks();
		}
	}

	@Test
	void asksWhenSilenceHasLastedForTheInterval() {
		this.pings.start();
		pass(19);
		assertThat(this.sent).isEmpty();
		pass(1);
		assertThat(this.sent).hasSize(1);
	}

	@Test
	void silenceBeginsWithTheLastThatWasHeard() {
		this.pings.start();
		pass(15);
		this.pings.heard();
		pass(19);
		assertThat(this.sent).isEmpty();
		pass(1);
		assertThat(this.sent).hasSize(1);
	}

	@Test
	void asksOnceUntilThereIsAnAnswer() {
		this.pings.start();
		pass(60);
		assertThat(this.sent).hasSize(1);
		this.pings.heard();
		this.pings.answered(this.sent.get(0));
		pass(19);
		assertThat(this.sent).hasSize(1);
		pass(1);
		assertThat(this.sent).hasSize(2);
	}

	@Test
	void asksNothingAfterItsEnd() {
		this.pings.start();
		this.pings.stop();
		pass(60);
		assertThat(this.sent).isEmpty();
	}

}
