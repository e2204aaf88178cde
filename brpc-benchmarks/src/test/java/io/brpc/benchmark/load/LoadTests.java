package io.brpc.benchmark.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.peer.Answer;
import io.brpc.benchmark.peer.Caller;
import io.brpc.testing.proto.Payload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the load generator counts, with a peer that answers from a thread of its own.
 */
class LoadTests {

	private static final Duration SHORT = Duration.ofSeconds(1);

	private static final long STALL_MILLIS = 300;

	private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	@AfterEach
	void endLoop() {
		this.loop.shutdownNow();
	}

	private final class Echo implements Caller {

		private final AtomicInteger stalls;

		private final RuntimeException failure;

		Echo(int stalls, RuntimeException failure) {
			this.stalls = new AtomicInteger(stalls);
			this.failure = failure;
		}

		@Override
		public void call(Payload request, Answer answer) {
			LoadTests.this.most.accumulateAndGet(LoadTests.this.running.incrementAndGet(), Math::max);
			// The loop is busy with one call that stalls, so all others wait too.
			long delay = (this.stalls.getAndDecrement() > 0) ? STALL_MILLIS : 0;
			LoadTests.this.loop.execute(() -> {
				if (delay > 0) {
					LoadTests.this.loop.schedule(() -> end(request, answer), delay, TimeUnit.MILLISECONDS);
				}
				else {
					end(request, answer);
				}
			});
		}

		private void end(Payload request, Answer answer) {
			LoadTests.this.running.decrementAndGet();
			answer.ended(request.getData().size(), this.failure);
		}

		@Override
		public void stream(Payload request, Answer answer) {
			call(request, answer);
		}

	}

	@Test
	void aClosedLoopHasNoMoreCallsInFlightThanItShould() {
		Figures result = Load.run(LoadSpec.closed(Kind.UNARY, 32, 8).during(SHORT),
				List.of(new Echo(0, null), new Echo(0, null)));
		assertThat(this.most).hasValueBetween(1, 8);
		assertThat(result.number("calls")).isPositive();
		assertThat(result.number("bytes")).isEqualTo(32 * result.number("calls"));
		assertThat(result.number("errors")).isZero();
	}

	@Test
	void anOpenLoopMakesAllCallsOfItsRate() {
		Figures result = Load.run(LoadSpec.open(Kind.UNARY, 0, 200).during(SHORT), List.of(new Echo(0, null)));
		assertThat(result.number("calls")).isEqualTo(200);
	}

	@Test
	void aCallsLatencyCountsFromWhenItShouldHaveBegun() {
		Figures result = Load.run(LoadSpec.open(Kind.UNARY, 0, 100).during(SHORT), List.of(new Echo(1, null)));
		assertThat(result.number("max")).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS));
	}

	@Test
	void aFailureEndsTheLoadAndIsNamed() {
		Figures result = Load.run(LoadSpec.closed(Kind.UNARY, 0, 4).during(Duration.ofDays(1)),
				List.of(new Echo(0, new IllegalStateException("it broke"))));
		assertThat(result.number("errors")).isBetween(1L, 4L);
		assertThat(result.text("failure")).isEqualTo("java.lang.IllegalStateException:_it_broke");
		assertThat(Figures.parse("DONE " + result)).isEqualTo(result);
	}

	@Test
	void aLoadIsReadAsItWasWritten() {
		for (LoadSpec load : List.of(LoadSpec.closed(Kind.NESTED, 32, 64).during(SHORT),
				LoadSpec.open(Kind.UNARY, 4096, 500).during(SHORT), LoadSpec.streaming(65536, 256).during(SHORT))) {
			assertThat(LoadSpec.of(Figures.parse("run " + load.toFigures()))).isEqualTo(load);
		}
	}

}
