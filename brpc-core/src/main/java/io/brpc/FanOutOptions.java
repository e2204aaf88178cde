package io.brpc;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Whom a {@link FanOut} calls, and within which bounds. Immutable.
 *
 * @param targets asked when a fan-out begins
 * @param deadline of all calls together
 * @param deadlinePerCall of each call; null for none of its own
 * @param concurrency how many calls are in flight or wait with their answer
 * @param first after how many responses it ends
 */
record FanOutOptions(Supplier<? extends Collection<BrpcConnection>> targets, Duration deadline,
		@Nullable Duration deadlinePerCall, int concurrency, int first) {

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private static final int CONCURRENCY = 64;

	FanOutOptions {
		requirePositive("deadline", deadline);
		if (deadlinePerCall != null) {
			requirePositive("deadlinePerCall", deadlinePerCall);
		}
		CallLimits.requirePositive("concurrency", concurrency);
		CallLimits.requirePositive("first", first);
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " is " + value + ", more than zero");
		}
	}

	static FanOutOptions callingAll(ConnectionRegistry connections) {
		return new FanOutOptions(connections::all, DEADLINE, null, CONCURRENCY, Integer.MAX_VALUE);
	}

	FanOutOptions withTargets(Supplier<? extends Collection<BrpcConnection>> value) {
		return new FanOutOptions(value, this.deadline, this.deadlinePerCall, this.concurrency, this.first);
	}

	FanOutOptions withDeadline(Duration value) {
		return new FanOutOptions(this.targets, value, this.deadlinePerCall, this.concurrency, this.first);
	}

	FanOutOptions withDeadlinePerCall(Duration value) {
		return new FanOutOptions(this.targets, this.deadline, value, this.concurrency, this.first);
	}

	FanOutOptions withConcurrency(int value) {
		return new FanOutOptions(this.targets, this.deadline, this.deadlinePerCall, value, this.first);
	}

	FanOutOptions withFirst(int value) {
		return new FanOutOptions(this.targets, this.deadline, this.deadlinePerCall, this.concurrency, value);
	}

}
