package io.brpc.benchmark.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.load.Load;
import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.load.Usage;

/**
 * Runs one end in a process of its own, and does what lines on its standard input say,
 * one after the other. To each it answers with one line that begins with {@code DONE}, or
 * with {@code FAILED} and words.
 */
public final class PeerMain {

	private static final Duration FAN_OUT_LIMIT = Duration.ofSeconds(60);

	private final End end;

	private PeerMain(End end) {
		this.end = end;
	}

	/**
	 * Runs until the standard input ends.
	 * @param arguments product, {@code server} or {@code client}, the certificates'
	 * directory, the host, and for a client the server's port
	 * @throws Exception if something is wrong
	 */
	public static void main(String[] arguments) throws Exception {
		Certificates certificates = new Certificates(Path.of(arguments[2]));
		End end = arguments[1].equals("server") ? server(arguments[0], certificates, arguments[3])
				: client(arguments[0], certificates, arguments[3], Integer.parseInt(arguments[4]));
		System.out.println("DONE port=" + end.port());
		new PeerMain(end).serve();
		System.exit(0);
	}

	private static End server(String product, Certificates certificates, String host) throws Exception {
		return switch (product) {
			case "grpc-tls" -> new GrpcServerEnd(certificates, host);
			case "rsocket-tls" -> new RSocketServerEnd(certificates, host);
			default -> new BrpcServerEnd(certificates, host, product);
		};
	}

	private static End client(String product, Certificates certificates, String host, int port) throws Exception {
		return switch (product) {
			case "grpc-tls" -> new GrpcClientEnd(certificates, host, port);
			case "rsocket-tls" -> new RSocketClientEnd(certificates, host, port);
			default -> new BrpcClientEnd(certificates, host, port, product);
		};
	}

	private void serve() throws IOException {
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			System.out.println(answer(line));
		}
	}

	private String answer(String line) {
		try {
			return "DONE " + run(line.split(" ", 2)[0], Figures.parse(line));
		}
		catch (Exception | LinkageError ex) {
			ex.printStackTrace();
			return "FAILED " + ex.toString().replace('\n', ' ');
		}
	}

	private Figures run(String command, Figures arguments) throws Exception {
		return switch (command) {
			case "connect" -> {
				this.end.connect((int) arguments.number("count"));
				yield new Figures(Map.of());
			}
			case "connections" -> new Figures(Map.of("count", Integer.toString(this.end.callers().size())));
			case "settings" -> settings();
			case "run" -> Load.run(LoadSpec.of(arguments), this.end.callers());
			case "dial" -> new DialLoop(this.end, (int) arguments.number("inflight"))
				.run(Duration.ofMillis(arguments.number("millis")));
			case "fanout" -> fanOut((int) arguments.number("concurrency"));
			case "usage" -> Usage.now();
			case "collect" -> {
				System.gc();
				System.gc();
				yield Usage.now();
			}
			default -> throw new IllegalArgumentException("unknown command " + command);
		};
	}

	private Figures settings() {
		Map<String, String> settings = new TreeMap<>(this.end.settings());
		settings.put("heap", Long.toString(Runtime.getRuntime().maxMemory()));
		settings.put("java", System.getProperty("java.version"));
		return new Figures(settings);
	}

	private Figures fanOut(int concurrency) throws Exception {
		long begun = System.nanoTime();
		int answered = this.end.askAll(concurrency, FAN_OUT_LIMIT);
		Map<String, String> values = new TreeMap<>(Usage.now().values());
		values.put("answered", Integer.toString(answered));
		values.put("nanos", Long.toString(System.nanoTime() - begun));
		return new Figures(values);
	}

}
