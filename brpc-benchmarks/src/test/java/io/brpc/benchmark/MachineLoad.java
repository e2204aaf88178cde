package io.brpc.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * How much of the machine others use: what the kernel says that all processes used, and
 * that other virtual machines took, less what our own processes say. Interrupts are left
 * out: they belong to the packets that we send. Immutable.
 */
final class MachineLoad {

	private static final Path STAT = Path.of("/proc/stat");

	private static final int TICKS_PER_SECOND = 100;

	private static final int USER = 1;

	private static final int NICE = 2;

	private static final int SYSTEM = 3;

	private static final int STOLEN = 8;

	private final Collection<ProcessHandle> own;

	private final long begunNanos = System.nanoTime();

	private final double begunForeignSeconds;

	private MachineLoad(Collection<ProcessHandle> own) {
		this.own = own;
		this.begunForeignSeconds = foreignSeconds();
	}

	/**
	 * Begins to watch.
	 * @param own our processes, beside this one
	 * @return the watch
	 */
	static MachineLoad begin(Collection<ProcessHandle> own) {
		return new MachineLoad(own);
	}

	/**
	 * Returns what others used since the begin.
	 * @return a share of all processors, 0 to 1; 0 where nobody tells it
	 */
	double foreign() {
		double elapsed = (System.nanoTime() - this.begunNanos) / 1e9;
		double foreign = foreignSeconds() - this.begunForeignSeconds;
		return Math.max(0, foreign / elapsed / Runtime.getRuntime().availableProcessors());
	}

	private double foreignSeconds() {
		double ownSeconds = Stream.concat(Stream.of(ProcessHandle.current()), this.own.stream())
			.map((handle) -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
			.mapToLong(Duration::toMillis)
			.sum() / 1e3;
		return busySeconds() - ownSeconds;
	}

	private static double busySeconds() {
		if (!Files.isReadable(STAT)) {
			return 0;
		}
		try (Stream<String> lines = Files.lines(STAT)) {
			String[] words = lines.findFirst().orElseThrow().split(" +", -1);
			long ticks = Long.parseLong(words[USER]) + Long.parseLong(words[NICE]) + Long.parseLong(words[SYSTEM])
					+ Long.parseLong(words[STOLEN]);
			return (double) ticks / TICKS_PER_SECOND;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
