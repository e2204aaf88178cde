package io.brpc.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.grpc.Grpc;
import io.netty.util.Version;
import io.rsocket.RSocket;

/**
 * What the benchmark runs on and with. Not instantiable.
 */
final class Machine {

	private Machine() {
	}

	/**
	 * Describes it.
	 * @return values by name, in an order for reading
	 */
	static Map<String, String> describe() {
		Map<String, String> facts = new LinkedHashMap<>();
		facts.put("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
		facts.put("processors", Runtime.getRuntime().availableProcessors() + ", " + processor());
		facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
		facts.put("network", "loopback unless said otherwise");
		facts.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
		facts.put("grpc-java", version(Grpc.class));
		facts.put("Netty", Version.identify().get("netty-common").artifactVersion());
		facts.put("RSocket", version(RSocket.class));
		return facts;
	}

	private static String version(Class<?> type) {
		String file = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
			.getFileName()
			.toString();
		return file.replaceAll("^[^0-9]*", "").replaceAll("\\.jar$", "");
	}

	private static String processor() {
		Path file = Path.of("/proc/cpuinfo");
		if (!Files.isReadable(file)) {
			return System.getProperty("os.arch");
		}
		try (Stream<String> lines = Files.lines(file)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.replaceAll(".*:\\s*", ""))
				.findFirst()
				.orElse(System.getProperty("os.arch"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
