package io.brpc.testing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Which wires the peers of a test offer: the one of the run of an {@link OnEachWire}
 * class, or what the system property {@code io.brpc.test.wires} says, such as
 * {@code BRPC_2,BRPC_1}, or else the default. With the property, an {@link OnEachWire}
 * class runs on the first of them only. Not instantiable; the tests of a JVM run one
 * after the other.
 */
public final class TestWires {

	private static final String PROPERTY = "io.brpc.test.wires";

	private static final String WIRES = System.getProperty(PROPERTY, "");

	private static volatile @Nullable Wire chosen;

	private TestWires() {
	}

	/**
	 * Chooses the wire of what follows.
	 * @param wire the wire, or null for what the rest of the run has
	 */
	static void choose(@Nullable Wire wire) {
		chosen = wire;
	}

	/**
	 * Tells whether tests that run on each wire run on this one.
	 * @param wire the wire
	 * @return true, unless the system property is for another one
	 */
	static boolean isWanted(Wire wire) {
		return WIRES.isEmpty() || with(TransportSettings.defaults()).wires().get(0) == wire;
	}

	/**
	 * Returns what two peers of this test agree on.
	 * @return the wire
	 */
	public static Wire wire() {
		return settings().wires().get(0);
	}

	/**
	 * Returns what makes the tests' peers in another process offer the same.
	 * @return arguments for its JVM
	 */
	static List<String> jvmArguments() {
		List<Wire> wires = settings().wires();
		String names = wires.stream().map(Wire::name).collect(Collectors.joining(","));
		return List.of("-D" + PROPERTY + "=" + names);
	}

	/**
	 * Returns the settings of a test's peers that it does not choose itself.
	 * @return the defaults, with the wires of this run
	 */
	public static TransportSettings settings() {
		return with(TransportSettings.defaults());
	}

	/**
	 * Changes settings that a test chooses itself.
	 * @param settings the settings
	 * @return the same, with the wires of this run
	 */
	public static TransportSettings with(TransportSettings settings) {
		Wire wire = chosen;
		if (wire != null) {
			// brpc/2 as two of our own peers come to it, who speak both.
			return (wire == Wire.BRPC_2) ? settings.withWires(wire, Wire.BRPC_1) : settings.withWires(wire);
		}
		return WIRES.isEmpty() ? settings
				: settings.withWires(Arrays.stream(WIRES.split(",")).map(Wire::valueOf).toArray(Wire[]::new));
	}

}
