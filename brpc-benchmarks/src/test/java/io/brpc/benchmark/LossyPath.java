package io.brpc.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What becomes of packets, in each direction. Immutable.
 *
 * @param loss which share of them is lost
 * @param roundTrip how long there and back takes, beside what carries the packets takes
 * itself
 */
record LossyPath(double loss, Duration roundTrip) {

	/**
	 * Returns the paths that products are compared on.
	 * @return each loss with each round trip time
	 */
	static List<LossyPath> all() {
		return Stream.of(Duration.ZERO, Duration.ofMillis(20))
			.flatMap((roundTrip) -> Stream.of(0.0, 0.001, 0.01, 0.03).map((loss) -> new LossyPath(loss, roundTrip)))
			.toList();
	}

	/**
	 * Tells whether there is a mark for it: 1 % lost, and no delay.
	 */
	boolean isJudged() {
		return this.loss == 0.01 && this.roundTrip.isZero();
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "loss %.1f %%, RTT %d ms", this.loss * 100, this.roundTrip.toMillis());
	}

}
