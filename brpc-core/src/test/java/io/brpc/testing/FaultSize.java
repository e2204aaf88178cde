package io.brpc.testing;

/**
 * The size of the fault tests: small in every build, full with {@code -Pstress}. Not
 * instantiable.
 */
public final class FaultSize {

	private static final boolean STRESS = Boolean.getBoolean("brpc.stress");

	private FaultSize() {
	}

	/**
	 * Tells whether this is a run at full size.
	 * @return whether {@code brpc.stress} is set
	 */
	public static boolean isStress() {
		return STRESS;
	}

	/**
	 * Chooses.
	 * @param <T> what
	 * @param small for every build
	 * @param full for a run at full size
	 * @return one of both
	 */
	public static <T> T of(T small, T full) {
		return STRESS ? full : small;
	}

}
