package io.brpc.testing;

/**
 * How hard the fault tests hit: as hard as every build can stand, or as hard as it gets,
 * which {@code -Dbrpc.stress=true} asks for. Not instantiable.
 */
public final class FaultSize {

	/**
	 * The system property that asks for full size.
	 */
	public static final String PROPERTY = "brpc.stress";

	private FaultSize() {
	}

	/**
	 * Tells whether the tests run at full size.
	 * @return whether they do
	 */
	public static boolean isFull() {
		return Boolean.getBoolean(PROPERTY);
	}

	/**
	 * Chooses a size.
	 * @param everyBuild the size in every build
	 * @param full the full size
	 * @return one of the two
	 */
	public static int of(int everyBuild, int full) {
		return isFull() ? full : everyBuild;
	}

}
