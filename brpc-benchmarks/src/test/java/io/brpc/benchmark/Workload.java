package io.brpc.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.report.Mark;
import io.brpc.benchmark.report.Measure;

/**
 * A load of calls. Immutable.
 *
 * @param group which plot it belongs to
 * @param title in words
 * @param load what to do
 * @param reverse whether the server calls
 * @param connections how many there are
 * @param measure what matters most
 * @param marks what products have to reach
 */
record Workload(String group, String title, LoadSpec load, boolean reverse, int connections, Measure measure,
		List<Mark> marks) {

	private static final int SMALL = 32;

	private static final int MEDIUM = 4 << 10;

	private static final int LARGE = 64 << 10;

	private static final int STREAM_MESSAGES = 256;

	static final int MANY_CONNECTIONS = 64;

	private static final int SEVERAL = 64;

	private static final int MANY = 512;

	private static final int OPEN_RATE = 4000;

	/**
	 * Returns the loads of one connection and of many, what matters most first: where
	 * many calls are in flight the code gets warm fastest, so that those come before the
	 * same calls alone.
	 * @param full whether all of them, or those that matter most
	 * @return the loads
	 */
	static List<Workload> all(boolean full) {
		List<Workload> all = new ArrayList<>();
		all.add(calls(Kind.NESTED, SMALL, SEVERAL).judgedBy(Marks.nestedCalls()));
		all.add(calls(Kind.NESTED, SMALL, 1).judgedBy(Marks.callsAlone()));
		all.add(calls(Kind.UNARY, SMALL, SEVERAL).judgedBy(Marks.unaryCalls()));
		all.add(calls(Kind.UNARY, SMALL, 1).judgedBy(Marks.callsAlone()));
		all.add(streams(false));
		all.add(streams(true));
		if (full) {
			all.add(calls(Kind.UNARY, SMALL, SEVERAL).reversed());
			all.add(calls(Kind.NESTED, SMALL, MANY));
			all.add(calls(Kind.UNARY, SMALL, MANY));
			all.add(calls(Kind.NESTED, MEDIUM, SEVERAL));
			all.add(calls(Kind.UNARY, MEDIUM, SEVERAL));
			all.add(open(Kind.NESTED));
			all.add(calls(Kind.NESTED, SMALL, SEVERAL).on(MANY_CONNECTIONS));
			all.add(calls(Kind.UNARY, SMALL, MANY).on(MANY_CONNECTIONS));
		}
		return all;
	}

	/**
	 * Returns the load for paths that lose packets.
	 * @param path what becomes of packets
	 * @return the load
	 */
	static Workload underLoss(LossyPath path) {
		Workload load = calls(Kind.UNARY, SMALL, SEVERAL);
		return new Workload("loss", load.title + ", " + path, load.load, false, 1, Measure.TAIL,
				path.isJudged() ? Marks.onePercentLost() : List.of());
	}

	/**
	 * Tells what code it runs: what one load of a kind has warmed, the next one finds
	 * warm.
	 * @return the kind
	 */
	String kind() {
		return this.load.kind() + (this.reverse ? " by the server" : "");
	}

	private static Workload calls(Kind kind, int bytes, int inFlight) {
		String title = name(kind) + ", " + ((bytes == SMALL) ? "32 B" : "4 KiB") + ", " + inFlight + " in flight";
		return new Workload("calls", title, LoadSpec.closed(kind, bytes, inFlight), false, 1,
				(inFlight == 1) ? Measure.LATENCY : Measure.CALLS, List.of());
	}

	private static Workload open(Kind kind) {
		return new Workload("calls", name(kind) + ", 32 B, open loop of " + OPEN_RATE + " calls/s",
				LoadSpec.open(kind, SMALL, OPEN_RATE), false, 1, Measure.LATENCY, List.of());
	}

	private static Workload streams(boolean reverse) {
		return new Workload("streams", "stream of 64 KiB messages " + (reverse ? "to the server" : "to the client"),
				LoadSpec.streaming(LARGE, STREAM_MESSAGES), reverse, 1, Measure.DATA, Marks.streams());
	}

	private static String name(Kind kind) {
		return kind.name().toLowerCase(Locale.ROOT);
	}

	private Workload judgedBy(List<Mark> some) {
		return new Workload(this.group, this.title, this.load, this.reverse, this.connections, this.measure, some);
	}

	private Workload reversed() {
		return new Workload(this.group, this.title.replaceFirst(",", " by the server,"), this.load, true,
				this.connections, this.measure, this.marks);
	}

	private Workload on(int count) {
		return new Workload(this.group, this.title + " on " + count + " connections", this.load, this.reverse, count,
				this.measure, this.marks);
	}

}
