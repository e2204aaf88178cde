package io.brpc.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.brpc.benchmark.peer.Certificates;
import io.brpc.benchmark.peer.PeerMain;

/**
 * Something that is compared: how to start its two processes. Immutable.
 *
 * @param name its name in tables; for this project's, the wire
 * @param program what to start, up to the arguments that are common to all
 */
record Product(String name, List<String> program) {

	/**
	 * What every other one is compared with.
	 */
	static final String BASELINE = "grpc-tls";

	/**
	 * Describes a product on the JVM.
	 * @param name the name that {@link PeerMain} knows it by
	 * @param heap of each process, such as {@code 512m}
	 * @return the product
	 */
	static Product java(String name, String heap) {
		return new Product(name,
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms" + heap,
						"-Xmx" + heap, "-XX:+AlwaysPreTouch", "-XX:+UseG1GC",
						"-Dlogback.configurationFile=benchmark-logback.xml", "-cp",
						System.getProperty("java.class.path"), PeerMain.class.getName()));
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
		command.addAll(List.of(this.name, role, certificates.directory().toString(), host));
		return command;
	}

}
