package io.brpc.faults;

import java.nio.file.Path;

import io.brpc.testing.ConnectCycles;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.PeerProcess;
import io.brpc.testing.Peers;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that come and go by the thousand.
 */
@OnEachWire
class ConnectCycleTests {

	private static final int CYCLES = FaultSize.of(100, 10_000);

	private static final int STEPS = 10;

	/**
	 * From here on memory may not grow by more than a twentieth, at full size; before,
	 * the JVM compiles and caches.
	 */
	private static final int WARM_STEPS = 2;

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	@TempDir
	Path directory;

	@Test
	void connectCallAndCloseLeavesNothing() throws Exception {
		this.report.fault("13 connect, nested call, close", CYCLES + " times");
		PeerProcess process = this.peers.add(ConnectCycles.start(this.directory, CYCLES));
		long begun = System.nanoTime();
		long warm = 0;
		long last = 0;
		for (int step = 1; step <= STEPS; step++) {
			last = ConnectCycles.awaitMemory(process, step);
			if (step == WARM_STEPS) {
				warm = last;
			}
		}
		this.report.measuredSince("took", begun)
			.measured("RSS after a fifth (KiB)", warm)
			.measured("RSS at the end (KiB)", last);
		assertThat(ConnectCycles.awaitLeft(process)).as("threads that are left").isEmpty();
		if (FaultSize.isStress()) {
			assertThat(last).as("resident memory").isLessThan(warm + warm / 20);
		}
	}

}
