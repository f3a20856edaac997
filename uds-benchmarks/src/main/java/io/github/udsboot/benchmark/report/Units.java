package io.github.udsboot.benchmark.report;

import java.util.Locale;

/**
 * Numbers for readers.
 */
final class Units {

	private static final int KILO = 1000;

	private static final int MEGA = 1_000_000;

	private static final int KIBI = 1024;

	private static final int MEBI = 1024 * 1024;

	private Units() {
	}

	static String shortNumber(double value) {
		if (value >= MEGA) {
			return trimmed(value / MEGA) + "M";
		}
		return (value >= KILO) ? trimmed(value / KILO) + "k" : trimmed(value);
	}

	private static String trimmed(double value) {
		return (Math.abs(value - Math.rint(value)) < 1e-9) ? String.valueOf(Math.round(value))
				: String.valueOf((float) value);
	}

	static String bytes(int bytes) {
		if (bytes >= MEBI) {
			return bytes / MEBI + " MiB";
		}
		return (bytes >= KIBI) ? bytes / KIBI + " KiB" : bytes + " B";
	}

	static String count(double value) {
		return String.format(Locale.ROOT, "%,d", Math.round(value));
	}

	static String micros(double value) {
		return (value >= 1000) ? count(value) : String.format(Locale.ROOT, "%.1f", value);
	}

	static String figure(double value) {
		return (value >= 1000) ? count(value) : String.format(Locale.ROOT, (value < 10) ? "%.2f" : "%.1f", value);
	}

	static String ratio(double value) {
		return String.format(Locale.ROOT, "%.2f", value);
	}

}
