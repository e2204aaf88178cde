package io.brpc.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the benchmark was told on its command line. Immutable.
 *
 * @param full whether to take the time that reliable figures need
 * @param products their names, the baseline's first
 * @param only which loads, by their titles
 * @param rounds how often each load runs
 * @param runTime of each run
 * @param minWarmUp the least time that each load warms up on each product
 * @param maxWarmUp the most
 * @param limit how long all of it may take: what would take longer is left out
 * @param directory where the report goes
 */
record Options(boolean full, List<String> products, Pattern only, int rounds, Duration runTime, Duration minWarmUp,
		Duration maxWarmUp, Duration limit, Path directory) {

	private static final List<String> WIRES = List.of("brpc/1", "brpc/2");

	/**
	 * Reads the command line.
	 * @param arguments {@code --quick} or {@code --full}; {@code --wire=} a wire of this
	 * project, may be repeated; {@code --peers=} others, with commas; {@code --only=} a
	 * regular expression; {@code --rounds=}; {@code --seconds=} of each run;
	 * {@code --warm-up=} the least seconds of each load's; {@code --minutes=} of all;
	 * {@code --out=} a directory
	 * @return the options
	 * @throws IllegalArgumentException if there is anything else
	 */
	static Options parse(String... arguments) {
		boolean full = List.of(arguments).contains("--full");
		List<String> wires = new ArrayList<>();
		List<String> peers = full ? List.of("rsocket-tls", "go") : List.of("rsocket-tls");
		Pattern only = Pattern.compile("");
		int rounds = full ? 3 : 1;
		Duration runTime = Duration.ofSeconds(full ? 4 : 2);
		Duration minWarmUp = Duration.ofSeconds(full ? 10 : 2);
		Duration limit = Duration.ofMinutes(48);
		Path directory = Path.of("target", "benchmark");
		for (String argument : arguments) {
			String[] pair = argument.split("=", 2);
			String value = (pair.length == 2) ? pair[1] : "";
			switch (pair[0]) {
				case "--quick", "--full" -> {
				}
				case "--wire" -> wires.add(value);
				case "--peers" -> peers = value.isEmpty() ? List.of() : List.of(value.split(",", -1));
				case "--only" -> only = Pattern.compile(value);
				case "--rounds" -> rounds = Integer.parseInt(value);
				case "--seconds" -> runTime = Duration.ofSeconds(Integer.parseInt(value));
				case "--warm-up" -> minWarmUp = Duration.ofSeconds(Integer.parseInt(value));
				case "--minutes" -> limit = Duration.ofMinutes(Integer.parseInt(value));
				case "--out" -> directory = Path.of(value);
				default -> throw new IllegalArgumentException("unknown option " + argument);
			}
		}
		List<String> products = new ArrayList<>(List.of(Product.BASELINE));
		products.addAll(wires.isEmpty() ? WIRES : wires);
		products.addAll(peers);
		return new Options(full, List.copyOf(products), only, rounds, runTime, minWarmUp, minWarmUp.multipliedBy(2),
				limit, directory);
	}

}
