package io.brpc.benchmark.peer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.load.Usage;

/**
 * Connects, calls and closes, again and again, on several threads. Not safe for use by
 * several threads itself.
 */
final class DialLoop {

	private final End end;

	private final int threads;

	DialLoop(End end, int threads) {
		this.end = end;
		this.threads = threads;
	}

	/**
	 * Runs it.
	 * @param time how long
	 * @return calls and what they cost this process
	 * @throws Exception if a connection or a call failed
	 */
	Figures run(Duration time) throws Exception {
		Figures before = Usage.now();
		long begun = System.nanoTime();
		ExecutorService pool = Executors.newFixedThreadPool(this.threads);
		try {
			Callable<Integer> lane = () -> dialUntil(begun + time.toNanos());
			int count = 0;
			for (Future<Integer> dialed : pool.invokeAll(Stream.generate(() -> lane).limit(this.threads).toList())) {
				count += dialed.get();
			}
			Map<String, String> values = new TreeMap<>(Usage.since(before).values());
			long nanos = System.nanoTime() - begun;
			values.putAll(Map.of("calls", Integer.toString(count), "bytes", "0", "errors", "0", "nanos",
					Long.toString(nanos)));
			long each = (count == 0) ? 0 : nanos * this.threads / count;
			for (String percentile : List.of("p50", "p99", "p999", "max")) {
				// Only the mean is known.
				values.put(percentile, Long.toString(each));
			}
			return new Figures(values);
		}
		finally {
			pool.shutdownNow();
		}
	}

	private int dialUntil(long deadlineNanos) throws Exception {
		int count = 0;
		while (System.nanoTime() - deadlineNanos < 0) {
			this.end.connectOnce();
			count++;
		}
		return count;
	}

}
