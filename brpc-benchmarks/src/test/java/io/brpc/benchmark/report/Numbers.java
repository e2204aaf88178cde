package io.brpc.benchmark.report;

import java.util.Locale;

/**
 * Numbers for people. Not instantiable.
 */
public final class Numbers {

	private static final double THOUSAND = 1000;

	private static final double MEGA = 1e6;

	private static final int THREE_DIGITS = 100;

	private Numbers() {
	}

	public static String ratio(double value) {
		return String.format(Locale.ROOT, "%.2fx", value);
	}

	public static String percent(double share) {
		return String.format(Locale.ROOT, "%.0f %%", share * 100);
	}

	public static String perSecond(double rate) {
		return (rate >= THOUSAND) ? shortened(rate / THOUSAND) + "k/s" : shortened(rate) + "/s";
	}

	public static String bytesPerSecond(double rate) {
		return shortened(rate / MEGA) + " MB/s";
	}

	/**
	 * Writes a time.
	 * @param nanos nanoseconds
	 * @return microseconds or milliseconds
	 */
	public static String time(double nanos) {
		return (nanos < MEGA) ? shortened(nanos / THOUSAND) + " us" : shortened(nanos / MEGA) + " ms";
	}

	public static String kilobytes(double bytes) {
		return shortened(bytes / THOUSAND) + " KB";
	}

	public static String megabytes(double bytes) {
		return shortened(bytes / MEGA) + " MB";
	}

	private static String shortened(double value) {
		return String.format(Locale.ROOT, (value < THREE_DIGITS) ? "%.1f" : "%.0f", value);
	}

}
