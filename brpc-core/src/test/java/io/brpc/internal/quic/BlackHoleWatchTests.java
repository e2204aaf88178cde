package io.brpc.internal.quic;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When large datagrams are taken for lost by their size.
 */
class BlackHoleWatchTests {

	private static final int LARGE = 8972;

	private static final int SMALL = 100;

	private static final long LOOKS_NANOS = 1000;

	private final AtomicInteger found = new AtomicInteger();

	private final BlackHoleWatch watch = new BlackHoleWatch(this.found::incrementAndGet);

	private long rttNanos = LOOKS_NANOS / 100;

	private long sentBytes;

	private long lostPackets;

	private long lostBytes;

	private long mtu = LARGE;

	@BeforeEach
	void sendMuch() {
		send(1_000_000);
		look(false);
	}

	@Test
	void whatIsLargeAndMostlyLostIsLostByItsSize() {
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(0);
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(1);
	}

	@Test
	void oneGapIsNoSuchLoss() {
		loseAndLook(LARGE);
		send(LARGE);
		look(false);
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(0);
	}

	@Test
	void lossOfAPartIsNotBySize() {
		for (int i = 0; i < 10; i++) {
			lose(LARGE);
			send(2 * LARGE);
			look(false);
		}
		assertThat(this.found).hasValue(0);
	}

	@Test
	void lossOfSmallOnesIsNotBySize() {
		for (int i = 0; i < 10; i++) {
			loseAndLook(SMALL);
		}
		assertThat(this.found).hasValue(0);
	}

	@Test
	void onASlowPathAnIntervalIsLonger() {
		this.rttNanos = LOOKS_NANOS / 4;
		for (int i = 0; i < 5; i++) {
			loseAndLook(LARGE);
			assertThat(this.found).hasValue(0);
		}
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(1);
	}

	@Test
	void silenceMayBeBySize() {
		look(true);
		assertThat(this.found).hasValue(1);
	}

	@Test
	void whoSendsOnlySmallOnesHasNothingToChange() {
		this.mtu = 1200;
		look(true);
		loseAndLook(LARGE);
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(0);
	}

	@Test
	void figuresOfANewPathBeginAnew() {
		this.sentBytes = SMALL;
		look(false);
		look(false);
		assertThat(this.found).hasValue(0);
	}

	@Test
	void itTellsOnce() {
		look(true);
		look(true);
		loseAndLook(LARGE);
		loseAndLook(LARGE);
		assertThat(this.found).hasValue(1);
	}

	private void loseAndLook(int bytes) {
		lose(bytes);
		send(SMALL);
		look(false);
	}

	private void lose(int bytes) {
		send(bytes);
		this.lostPackets++;
		this.lostBytes += bytes;
	}

	private void send(int bytes) {
		this.sentBytes += bytes;
	}

	private void look(boolean silent) {
		this.watch.look(new PathFigures(this.rttNanos, 0, this.sentBytes, this.lostPackets, this.lostBytes, this.mtu),
				silent, LOOKS_NANOS);
	}

}
