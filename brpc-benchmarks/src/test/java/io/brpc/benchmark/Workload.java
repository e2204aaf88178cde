package io.brpc.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.LoadSpec.Kind;
import io.brpc.benchmark.report.Section.Measure;

/**
 * A load of calls. Immutable.
 *
 * @param title in words
 * @param load what to do
 * @param reverse whether the server calls
 * @param connections how many there are
 * @param measure what matters most
 */
record Workload(String title, LoadSpec load, boolean reverse, int connections, Measure measure) {

	private static final int SMALL = 32;

	private static final int MEDIUM = 4 << 10;

	private static final int LARGE = 64 << 10;

	private static final int STREAM_MESSAGES = 256;

	private static final int MANY_CONNECTIONS = 64;

	private static final int OPEN_RATE = 4000;

	/**
	 * Returns the loads of one connection and of many.
	 * @param full whether all of them, or those that matter most
	 * @return the loads
	 */
	static List<Workload> all(boolean full) {
		List<Workload> all = new ArrayList<>();
		for (int inFlight : full ? List.of(1, 64, 512) : List.of(1, 64)) {
			all.add(calls(Kind.NESTED, SMALL, inFlight, false, 1));
			all.add(calls(Kind.UNARY, SMALL, inFlight, false, 1));
			if (full) {
				all.add(calls(Kind.UNARY, SMALL, inFlight, true, 1));
			}
		}
		if (full) {
			all.add(calls(Kind.NESTED, MEDIUM, 64, false, 1));
			all.add(calls(Kind.UNARY, MEDIUM, 64, false, 1));
			all.add(calls(Kind.UNARY, MEDIUM, 64, true, 1));
			all.add(open(Kind.NESTED));
			all.add(open(Kind.UNARY));
		}
		all.add(streams(false));
		all.add(streams(true));
		if (full) {
			all.add(calls(Kind.NESTED, SMALL, 64, false, MANY_CONNECTIONS));
			all.add(calls(Kind.UNARY, SMALL, 512, false, MANY_CONNECTIONS));
		}
		return all;
	}

	/**
	 * Returns the load for paths that lose packets.
	 * @return the load
	 */
	static Workload underLoss() {
		return calls(Kind.UNARY, SMALL, 64, false, 1);
	}

	private static Workload calls(Kind kind, int bytes, int inFlight, boolean reverse, int connections) {
		String title = kind.name().toLowerCase(Locale.ROOT) + (reverse ? " by the server" : "") + ", "
				+ ((bytes == SMALL) ? "32 B" : "4 KiB") + ", " + inFlight + " in flight"
				+ ((connections > 1) ? " on " + connections + " connections" : "");
		return new Workload(title, LoadSpec.closed(kind, bytes, inFlight), reverse, connections,
				(inFlight == 1) ? Measure.LATENCY : Measure.CALLS);
	}

	private static Workload open(Kind kind) {
		return new Workload(kind.name().toLowerCase(Locale.ROOT) + ", 32 B, open loop of " + OPEN_RATE + " calls/s",
				LoadSpec.open(kind, SMALL, OPEN_RATE), false, 1, Measure.LATENCY);
	}

	private static Workload streams(boolean reverse) {
		return new Workload("stream of 64 KiB messages " + (reverse ? "to the server" : "to the client"),
				LoadSpec.streaming(LARGE, STREAM_MESSAGES), reverse, 1, Measure.DATA);
	}

}
