package io.brpc.benchmark.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What this process has used since it began: CPU time, memory that its threads allocated
 * on the heap, and what it holds now. Not instantiable.
 */
public final class Usage {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private static final Path STATUS = Path.of("/proc/self/status");

	private Usage() {
	}

	/**
	 * Returns what was used until now.
	 * @return {@code cpu} in nanoseconds, {@code allocated}, {@code rss} and {@code heap}
	 * in bytes; {@code rss} is zero where nobody tells it
	 */
	public static Figures now() {
		Runtime runtime = Runtime.getRuntime();
		return figures(SYSTEM.getProcessCpuTime(), allocated(), runtime.totalMemory() - runtime.freeMemory());
	}

	/**
	 * Returns what was used since then.
	 * @param before an earlier state
	 * @return as {@link #now()}, but the first two from then on
	 */
	public static Figures since(Figures before) {
		Figures now = now();
		return figures(now.number("cpu") - before.number("cpu"), now.number("allocated") - before.number("allocated"),
				now.number("heap"));
	}

	private static Figures figures(long cpuNanos, long allocatedBytes, long heapBytes) {
		Map<String, String> values = new TreeMap<>();
		values.put("cpu", Long.toString(cpuNanos));
		values.put("allocated", Long.toString(allocatedBytes));
		values.put("heap", Long.toString(heapBytes));
		values.put("rss", Long.toString(rss()));
		return new Figures(values);
	}

	private static long allocated() {
		long sum = 0;
		for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
			sum += Math.max(0, bytes);
		}
		return sum;
	}

	private static long rss() {
		if (!Files.isReadable(STATUS)) {
			return 0;
		}
		try {
			for (String line : Files.readAllLines(STATUS)) {
				if (line.startsWith("VmRSS:")) {
					return Long.parseLong(line.replaceAll("\\D", "")) << 10;
				}
			}
			return 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
