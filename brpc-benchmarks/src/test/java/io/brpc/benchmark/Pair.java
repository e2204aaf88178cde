package io.brpc.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.brpc.benchmark.load.Figures;
import io.brpc.benchmark.load.LoadSpec;
import io.brpc.benchmark.report.Run;

/**
 * The two processes of one product, connected. Not safe for use by several threads.
 */
final class Pair implements AutoCloseable {

	/**
	 * For connecting, of which there may be much.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(4);

	/**
	 * For an answer beyond the time that its work should take.
	 */
	private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

	private static final Figures NOTHING = new Figures(Map.of());

	private final Product product;

	private final Child server;

	private final Child client;

	/**
	 * Starts both.
	 * @param product the product
	 * @param place where and between which hosts
	 * @throws IOException if one does not start
	 */
	Pair(Product product, Place place) throws IOException {
		this.product = product;
		this.server = new Child(product.name() + " server",
				place.onServer(product.server(place.certificates(), place.host())), place.log());
		try {
			this.client = new Child(product.name() + " client",
					place.onClient(product.client(place.certificates(), place.host(), port())), place.log());
		}
		catch (IOException | IllegalStateException ex) {
			this.server.close();
			throw ex;
		}
	}

	Product product() {
		return this.product;
	}

	private int port() {
		return (int) this.server.greeting().number("port");
	}

	Child server() {
		return this.server;
	}

	Child client() {
		return this.client;
	}

	List<ProcessHandle> processes() {
		return List.of(this.server.handle(), this.client.handle());
	}

	/**
	 * Connects more clients.
	 * @param count how many
	 */
	void connect(int count) {
		this.client.ask("connect", new Figures(Map.of("count", Integer.toString(count))), PATIENCE);
	}

	/**
	 * Returns what has to be the same for all that are compared.
	 * @return what either end says
	 */
	Map<String, String> settings() {
		Map<String, String> settings = new TreeMap<>(this.client.ask("settings", NOTHING, ANSWER_LIMIT).values());
		settings.putAll(this.server.ask("settings", NOTHING, ANSWER_LIMIT).values());
		return settings;
	}

	/**
	 * Runs a load.
	 * @param load the load
	 * @param reverse whether the server calls
	 * @param own all processes of the benchmark
	 * @return what came out
	 */
	Run run(LoadSpec load, boolean reverse, Collection<ProcessHandle> own) {
		Child calling = reverse ? this.server : this.client;
		Child serving = reverse ? this.client : this.server;
		return measured(serving, own, () -> calling.ask("run", load.toFigures(), load.time().plus(ANSWER_LIMIT)));
	}

	/**
	 * Connects, calls and closes for a while.
	 * @param inFlight how many at the same time
	 * @param time how long
	 * @param own all processes of the benchmark
	 * @return what came out
	 */
	Run dial(int inFlight, Duration time, Collection<ProcessHandle> own) {
		Figures arguments = new Figures(
				Map.of("inflight", Integer.toString(inFlight), "millis", Long.toString(time.toMillis())));
		return measured(this.server, own, () -> this.client.ask("dial", arguments, time.plus(ANSWER_LIMIT)));
	}

	private Run measured(Child serving, Collection<ProcessHandle> own, Supplier<Figures> load) {
		Figures before = serving.ask("usage", NOTHING, ANSWER_LIMIT);
		MachineLoad machine = MachineLoad.begin(own);
		Figures result = load.get();
		double foreign = machine.foreign();
		Figures after = serving.ask("usage", NOTHING, ANSWER_LIMIT);
		Map<String, String> used = new TreeMap<>(after.values());
		for (String name : List.of("cpu", "allocated")) {
			used.put(name, Long.toString(after.number(name) - before.number(name)));
		}
		return new Run(this.product.name(), result, new Figures(used), foreign);
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

}
