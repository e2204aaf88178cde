package io.brpc.testing;

import java.util.Arrays;

import io.brpc.TransportSettings;
import io.brpc.Wire;

/**
 * Which wires the peers of a test offer: what the system property
 * {@code io.brpc.test.wires} says, such as {@code BRPC_2,BRPC_1}, or else the default.
 * Not instantiable.
 */
public final class TestWires {

	private static final String WIRES = System.getProperty("io.brpc.test.wires", "");

	private TestWires() {
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
		return WIRES.isEmpty() ? settings
				: settings.withWires(Arrays.stream(WIRES.split(",")).map(Wire::valueOf).toArray(Wire[]::new));
	}

}
