package io.brpc.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.peer.Certificates;

/**
 * Two network namespaces with a path between them that loses and delays IP packets. Needs
 * Linux, root, {@code ip} and {@code go}. Not safe for use by several threads.
 */
final class LossyNetwork implements AutoCloseable {

	private static final String SERVER = "brpcbench-s";

	private static final String CLIENT = "brpcbench-c";

	private static final String SERVER_ADDRESS = "10.77.77.1";

	private static final String CLIENT_ADDRESS = "10.77.77.2";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Child relay;

	/**
	 * Makes it.
	 * @param program the relay
	 * @param log where the relay writes what is wrong
	 * @throws IOException if that can't be done here
	 */
	LossyNetwork(Path program, Path log) throws IOException {
		remove();
		ip("netns", "add", SERVER);
		ip("netns", "add", CLIENT);
		this.relay = new Child("lossy network", List.of(program.toString(), SERVER, CLIENT), log);
		place(SERVER, SERVER_ADDRESS, CLIENT_ADDRESS);
		place(CLIENT, CLIENT_ADDRESS, SERVER_ADDRESS);
	}

	/**
	 * Tells why there can't be one here.
	 * @return the reason; empty if there can
	 */
	static String obstacle() {
		if (!Files.isWritable(Path.of("/dev/net/tun"))) {
			return "/dev/net/tun is not writable (Linux and root)";
		}
		if (!System.getProperty("user.name").equals("root")) {
			return "not root";
		}
		return GoPrograms.available() ? "" : "no go on the path";
	}

	private static void place(String name, String address, String peer) throws IOException {
		ip("link", "set", name, "netns", name);
		ip("-n", name, "link", "set", "lo", "up");
		ip("-n", name, "addr", "add", address, "peer", peer, "dev", name);
		ip("-n", name, "link", "set", name, "up");
	}

	private static void ip(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of("ip"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			if (process.waitFor() != 0) {
				throw new IOException(String.join(" ", command) + ": " + output.strip());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	private static void remove() {
		for (String name : List.of(SERVER, CLIENT)) {
			try {
				ip("netns", "del", name);
			}
			catch (IOException ex) {
				// There was none.
			}
		}
	}

	Place place(Certificates certificates, Path log) {
		return new Place(certificates, SERVER_ADDRESS, log, List.of("ip", "netns", "exec", SERVER),
				List.of("ip", "netns", "exec", CLIENT), List.of(this.relay.handle()));
	}

	/**
	 * Sets what becomes of packets from now on.
	 * @param path what
	 */
	void set(LossyPath path) {
		this.relay.ask("path loss=" + path.loss() + " micros=" + path.roundTrip().toNanos() / 2 / 1000,
				new Figures(Map.of()), PATIENCE);
	}

	@Override
	public void close() {
		this.relay.close();
		remove();
	}

}
