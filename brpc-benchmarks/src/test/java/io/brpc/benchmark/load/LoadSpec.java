package io.brpc.benchmark.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to do for how long. Immutable.
 *
 * @param kind what each call does
 * @param bytes of data in each message
 * @param messages how many each stream has; zero for other kinds
 * @param inFlight calls at the same time in a closed loop, spread over all connections;
 * zero for an open loop
 * @param rate calls per second in an open loop; zero for a closed one
 * @param time how long
 */
public record LoadSpec(Kind kind, int bytes, int messages, int inFlight, int rate, Duration time) {

	/**
	 * What a call does.
	 */
	public enum Kind {

		/**
		 * The other end echoes.
		 */
		UNARY,

		/**
		 * The other end's handler calls this end, and then echoes.
		 */
		NESTED,

		/**
		 * The other end sends many messages.
		 */
		STREAM

	}

	/**
	 * Returns a closed loop: each call begins when another one has ended.
	 * @param kind what each call does
	 * @param bytes of data in each message
	 * @param inFlight how many calls at the same time
	 * @return the load
	 */
	public static LoadSpec closed(Kind kind, int bytes, int inFlight) {
		return new LoadSpec(kind, bytes, 0, inFlight, 0, Duration.ZERO);
	}

	/**
	 * Returns an open loop: calls begin at their time, however many are under way.
	 * @param kind what each call does
	 * @param bytes of data in each message
	 * @param rate calls per second
	 * @return the load
	 */
	public static LoadSpec open(Kind kind, int bytes, int rate) {
		return new LoadSpec(kind, bytes, 0, 0, rate, Duration.ZERO);
	}

	/**
	 * Returns streams, one after the other.
	 * @param bytes of data in each message
	 * @param messages of each stream
	 * @return the load
	 */
	public static LoadSpec streaming(int bytes, int messages) {
		return new LoadSpec(Kind.STREAM, bytes, messages, 1, 0, Duration.ZERO);
	}

	public LoadSpec during(Duration time) {
		return new LoadSpec(this.kind, this.bytes, this.messages, this.inFlight, this.rate, time);
	}

	/**
	 * Returns the load in words that both ends of a line understand.
	 * @return the figures
	 */
	public Figures toFigures() {
		Map<String, String> values = new TreeMap<>();
		values.put("kind", this.kind.name().toLowerCase(Locale.ROOT));
		values.put("bytes", Integer.toString(this.bytes));
		values.put("messages", Integer.toString(this.messages));
		values.put("inflight", Integer.toString(this.inFlight));
		values.put("rate", Integer.toString(this.rate));
		values.put("millis", Long.toString(this.time.toMillis()));
		return new Figures(values);
	}

	/**
	 * Reads what {@link #toFigures()} has written.
	 * @param figures the figures
	 * @return the load
	 */
	public static LoadSpec of(Figures figures) {
		return new LoadSpec(Kind.valueOf(figures.text("kind").toUpperCase(Locale.ROOT)), (int) figures.number("bytes"),
				(int) figures.number("messages"), (int) figures.number("inflight"), (int) figures.number("rate"),
				Duration.ofMillis(figures.number("millis")));
	}

}
