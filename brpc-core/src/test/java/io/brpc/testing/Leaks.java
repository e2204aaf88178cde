package io.brpc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Fails a test class that leaves a thread of a server or client, a socket, or a buffer
 * which nobody released. They are looked for once per class and not after every test: the
 * threads outlive their server or client for a moment, and Netty's leak detector, whose
 * level the build sets to paranoid, finds a leak only when the garbage collector has
 * found the buffer.
 * <p>
 * To be used with {@code @ExtendWith(Leaks.class)}. What it keeps is the JVM's, and safe
 * for use by any thread.
 */
public final class Leaks implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

	private static final List<String> THREADS = List.of("brpc-server", "brpc-client");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/**
	 * How many buffers are made after a collection, because the detector reports what the
	 * collector found when the next buffer is made.
	 */
	private static final int PROBES = 64;

	private static final Set<String> BLAMED = ConcurrentHashMap.newKeySet();

	/**
	 * Where Linux lists the open files of a process.
	 */
	private static final Path OPEN_FILES = Path.of("/proc/self/fd");

	private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

	static {
		ByteBufUtil.setLeakListener((resource, records) -> REPORTS.add(resource + " " + records));
	}

	private long socketsBefore;

	@Override
	public void beforeAll(ExtensionContext context) {
		this.socketsBefore = socketCount();
	}

	@Override
	public void afterEach(ExtensionContext context) {
		verifyBuffers();
	}

	@Override
	@SuppressWarnings("SystemGc")
	public void afterAll(ExtensionContext context) {
		verifyThreads();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(socketCount()).as("open sockets").isLessThanOrEqualTo(this.socketsBefore));
		System.gc();
		for (int i = 0; i < PROBES; i++) {
			ByteBufAllocator.DEFAULT.directBuffer(1).release();
			ByteBufAllocator.DEFAULT.heapBuffer(1).release();
		}
		verifyBuffers();
	}

	private static void verifyThreads() {
		try {
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(20))
				.untilAsserted(() -> assertThat(threads()).as("threads that are left").isEmpty());
		}
		finally {
			// One class's fault is not to be the next one's.
			BLAMED.addAll(threads());
		}
	}

	private static void verifyBuffers() {
		List<String> reports = List.copyOf(REPORTS);
		REPORTS.removeAll(reports);
		assertThat(reports).as("buffers that were not released").isEmpty();
	}

	/**
	 * Counts the open sockets.
	 * @return how many; zero where the system does not tell
	 */
	private static long socketCount() {
		if (!Files.isDirectory(OPEN_FILES)) {
			return 0;
		}
		try (Stream<Path> files = Files.list(OPEN_FILES)) {
			return files.filter(Leaks::isSocket).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isSocket(Path file) {
		try {
			return Files.readSymbolicLink(file).toString().startsWith("socket:");
		}
		catch (IOException ex) {
			// It was closed meanwhile.
			return false;
		}
	}

	/**
	 * Lists the threads of servers and clients, but for those that an earlier class left.
	 * @return their names
	 */
	public static Collection<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> !BLAMED.contains(name))
			.filter((name) -> THREADS.stream().anyMatch(name::startsWith))
			.toList();
	}

}
