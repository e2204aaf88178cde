package io.brpc.benchmark;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.brpc.benchmark.peer.Certificates;
import io.brpc.benchmark.peer.PeerMain;

/**
 * Something that is compared: how to start its two processes. Immutable.
 *
 * @param name its name in tables; for this project's, the wire
 * @param kind what it tells its processes to be
 * @param program what to start, up to the arguments that are common to all
 */
record Product(String name, String kind, List<String> program) {

	/**
	 * What every other one is compared with.
	 */
	static final String BASELINE = "grpc-tls";

	/**
	 * Describes a product on the JVM.
	 * @param name the name that {@link PeerMain} knows it by, perhaps with {@code @} and
	 * a directory of classes that come before all others: another state of this project
	 * @param heap of each process, such as {@code 512m}
	 * @return the product
	 */
	static Product java(String name, String heap) {
		String[] parts = name.split("@", 2);
		String classPath = System.getProperty("java.class.path");
		return new Product(name, parts[0], List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch", "-XX:+UseG1GC",
				"-Dlogback.configurationFile=benchmark-logback.xml", "-cp",
				(parts.length == 2) ? parts[1] + File.pathSeparator + classPath : classPath, PeerMain.class.getName()));
	}

	boolean isJava() {
		return this.program.contains("-cp");
	}

	List<String> server(Certificates certificates, String host) {
		return command("server", certificates, host);
	}

	List<String> client(Certificates certificates, String host, int port) {
		List<String> command = command("client", certificates, host);
		command.add(Integer.toString(port));
		return command;
	}

	private List<String> command(String role, Certificates certificates, String host) {
		List<String> command = new ArrayList<>(this.program);
		command.addAll(List.of(this.kind, role, certificates.directory().toString(), host));
		return command;
	}

}
