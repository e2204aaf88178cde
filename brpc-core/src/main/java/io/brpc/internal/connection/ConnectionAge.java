package io.brpc.internal.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a server lets a connection live, whatever its wire. Immutable.
 *
 * @param limit after which a connection drains, a tenth more or less, so that clients
 * which came together do not leave together
 * @param grace how long calls in flight may take then
 */
record ConnectionAge(Duration limit, Duration grace) {

	private static final double SPREAD = 0.1;

	/**
	 * Begins to count.
	 * @param connection a connection that is ready
	 * @return to be stopped when the connection has ended
	 */
	Countdown start(Connection connection) {
		Countdown countdown = new Countdown(connection.eventLoop());
		double spread = ThreadLocalRandom.current().nextDouble(1 - SPREAD, 1 + SPREAD);
		countdown.start((long) (this.limit.toNanos() * spread), () -> connection.life().drainNow(this.grace));
		return countdown;
	}

}
