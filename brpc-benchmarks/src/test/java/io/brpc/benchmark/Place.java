package io.brpc.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.brpc.benchmark.peer.Certificates;

/**
 * Where a server and its clients run. Immutable.
 *
 * @param certificates the server's
 * @param host the server's address
 * @param log where processes write what is wrong
 * @param serverPrefix what puts a command line into the server's network
 * @param clientPrefix what puts a command line into the clients' network
 * @param helpers processes that carry packets
 */
record Place(Certificates certificates, String host, Path log, List<String> serverPrefix, List<String> clientPrefix,
		List<ProcessHandle> helpers) {

	/**
	 * Returns this machine's loopback.
	 * @param certificates the server's
	 * @param log where processes write what is wrong
	 * @return the place
	 */
	static Place loopback(Certificates certificates, Path log) {
		return new Place(certificates, "127.0.0.1", log, List.of(), List.of(), List.of());
	}

	List<String> onServer(List<String> command) {
		return joined(this.serverPrefix, command);
	}

	List<String> onClient(List<String> command) {
		return joined(this.clientPrefix, command);
	}

	private static List<String> joined(List<String> prefix, List<String> command) {
		List<String> all = new ArrayList<>(prefix);
		all.addAll(command);
		return all;
	}

}
