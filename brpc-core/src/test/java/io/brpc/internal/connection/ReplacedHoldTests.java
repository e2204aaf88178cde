package io.brpc.internal.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a client that was replaced holds still.
 */
class ReplacedHoldTests {

	private static final CloseReason REPLACED = CloseReason.remote(CloseCode.REPLACED.code(), "");

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final ReplacedHold hold = new ReplacedHold(Duration.ofSeconds(10), Duration.ofSeconds(35), this.nanos::get);

	@Test
	void nothingIsHeldBeforeAnybodyIsReplaced() {
		assertThat(this.hold.isHolding()).isFalse();
		this.hold.ended(CloseReason.remote(CloseCode.SERVER_SHUTDOWN.code(), ""), true);
		this.hold.ended(CloseReason.local(CloseCode.REPLACED, ""), true);
		this.hold.ended(CloseReason.timedOut("silence"), false);
		assertThat(this.hold.isHolding()).isFalse();
	}

	@Test
	void eachReplacementHoldsTwiceAsLongUpToTheLongest() {
		assertHeldFor(10);
		assertHeldFor(20);
		assertHeldFor(35);
		assertHeldFor(35);
	}

	@Test
	void anotherEndOfAConnectionMakesTheNextHoldShortAgain() {
		assertHeldFor(10);
		assertHeldFor(20);
		this.hold.ended(CloseReason.timedOut("silence"), true);
		assertHeldFor(10);
	}

	@Test
	void anAttemptThatFailsChangesNothing() {
		assertHeldFor(10);
		this.hold.ended(CloseReason.timedOut("silence"), false);
		assertHeldFor(20);
	}

	private void assertHeldFor(int seconds) {
		this.hold.ended(REPLACED, true);
		assertThat(this.hold.isHolding()).isTrue();
		this.nanos.addAndGet(Duration.ofSeconds(seconds).toNanos() - 1);
		assertThat(this.hold.isHolding()).isTrue();
		this.nanos.incrementAndGet();
		assertThat(this.hold.isHolding()).isFalse();
	}

}
