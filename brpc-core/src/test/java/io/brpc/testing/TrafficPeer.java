package io.brpc.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.brpc.TransportSettings;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;

/**
 * A server, or some clients, with {@link Traffic} in a process of their own. Their calls
 * go into the ledger of the test's process. Told to end (SIGTERM), they drain.
 * <p>
 * Immutable.
 */
public final class TrafficPeer {

	private static final String SERVER = "server";

	private static final String CLIENTS = "clients";

	private static final String CONNECTED = "CONNECTED";

	private static final String DRAINED = "DRAINED";

	private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(40);

	private static final Duration GRACE_PERIOD = Duration.ofSeconds(20);

	private final Path directory;

	private final TransportSettings settings;

	private final Traffic traffic;

	private TrafficPeer(String[] arguments) {
		this.directory = Path.of(arguments[0]);
		this.settings = settings(Duration.parse(arguments[2]));
		String prefix = arguments[1] + ProcessHandle.current().pid() + "-";
		this.traffic = Traffic.of(new CallWatch(prefix, new PrintedCalls(System.out)), Integer.parseInt(arguments[3]));
	}

	/**
	 * Returns what both ends of such traffic are to have: patience with a JVM that has
	 * just started on a busy machine.
	 * @param idle the idle time-out
	 * @return the settings
	 */
	public static TransportSettings settings(Duration idle) {
		return TestWires.settings().withIdle(idle, Duration.ZERO).withSetupTimeout(SETUP_TIMEOUT);
	}

	/**
	 * Starts a process with a server, which calls the clients that it has.
	 * @param ledger where its calls go
	 * @param directory where to put its certificate
	 * @param idle the idle time-out
	 * @param callsPerSecond to each client
	 * @param port where to listen; zero for any port
	 * @return a process that listens
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess server(Ledger ledger, Path directory, Duration idle, int callsPerSecond, int port)
			throws IOException {
		PeerProcess process = PeerProcess.start(TrafficPeer.class, ledger, List.of(), directory, SERVER,
				idle.toString(), Integer.toString(callsPerSecond), Integer.toString(port));
		process.awaitPort();
		return process;
	}

	/**
	 * Starts a process with clients, which call the server.
	 * @param ledger where their calls go
	 * @param directory where to put its certificate
	 * @param idle the idle time-out
	 * @param callsPerSecond of each client
	 * @param port the server to dial
	 * @param count how many clients
	 * @return a process whose clients are connected
	 * @throws IOException if it can't be started
	 */
	public static PeerProcess clients(Ledger ledger, Path directory, Duration idle, int callsPerSecond, int port,
			int count) throws IOException {
		PeerProcess process = PeerProcess.start(TrafficPeer.class, ledger, List.of(), directory, CLIENTS,
				idle.toString(), Integer.toString(callsPerSecond), Integer.toString(port), Integer.toString(count));
		process.awaitLine(CONNECTED);
		return process;
	}

	/**
	 * Tells a peer to make no more calls.
	 * @param process the peer's process
	 * @throws IOException if it is gone
	 */
	public static void stop(PeerProcess process) throws IOException {
		process.say("STOP");
	}

	/**
	 * Waits until a peer that was told to end has drained and ended.
	 * @param process the peer's process
	 * @return whether all calls ended within the grace period
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static boolean awaitDrain(PeerProcess process) throws InterruptedException {
		boolean drained = process.awaitLine(DRAINED).endsWith("true");
		process.awaitEnd();
		return drained;
	}

	/**
	 * Runs in the other JVM.
	 * @param arguments the certificates' directory, {@code server} or {@code clients},
	 * the idle time-out, calls per second, the port, and how many clients
	 * @throws Exception if something is wrong
	 */
	public static void main(String[] arguments) throws Exception {
		TrafficPeer peer = new TrafficPeer(arguments);
		int port = Integer.parseInt(arguments[4]);
		if (arguments[1].equals(SERVER)) {
			peer.serve(port);
		}
		else {
			peer.connect(port, Integer.parseInt(arguments[5]));
		}
		while (System.in.read() >= 0) {
			peer.traffic.stop();
		}
		Runtime.getRuntime().halt(0);
	}

	private void serve(int port) throws IOException {
		TestServer server = new TestServer(
				BrpcServerBuilder.forPort(port,
						TlsServerCredentials.create(this.directory.resolve("server.pem").toFile(),
								this.directory.resolve("server.key").toFile())),
				(builder) -> this.traffic.prepare(builder.transportSettings(this.settings)));
		this.traffic.add(server).start();
		this.traffic.start();
		atTheEnd(() -> server.server().stop(GRACE_PERIOD));
		System.out.println("PORT " + server.port());
	}

	private void connect(int port, int count) throws IOException {
		List<TestClient> clients = new ArrayList<>();
		ExecutorService executor = Executors.newCachedThreadPool();
		for (int i = 0; i < count; i++) {
			TestClient client = new TestClient(BrpcClientBuilder.forAddress("localhost", port,
					TlsChannelCredentials.newBuilder().trustManager(this.directory.resolve("ca.pem").toFile()).build()),
					(builder) -> this.traffic.prepare(builder.transportSettings(this.settings).executor(executor)));
			clients.add(this.traffic.add(client.start()));
		}
		clients.forEach(TestClient::awaitConnection);
		this.traffic.start();
		atTheEnd(() -> {
			clients.forEach((client) -> client.client().shutdown());
			boolean drained = true;
			for (TestClient client : clients) {
				drained &= client.client().awaitTermination(GRACE_PERIOD);
			}
			return drained;
		});
		System.out.println(CONNECTED);
	}

	/**
	 * Drains in the middle of the traffic, as a process does that is told to end.
	 */
	private void atTheEnd(Drain drain) {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			try {
				boolean drained = drain.run();
				// Calls that began too late end, too, before the process does.
				this.traffic.stop();
				this.traffic.awaitEnds();
				System.out.println(DRAINED + " " + drained);
			}
			catch (Exception ex) {
				System.out.println(DRAINED + " " + ex);
			}
			this.traffic.close();
		}));
	}

	@FunctionalInterface
	private interface Drain {

		boolean run() throws Exception;

	}

}
