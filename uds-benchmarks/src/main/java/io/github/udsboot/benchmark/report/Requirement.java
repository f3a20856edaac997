package io.github.udsboot.benchmark.report;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What one figure must be beside another.
 *
 * @param figure the figure of ours
 * @param atLeast whether it must be at least so much, else at most
 * @param factor how many times the other figure
 * @param other the other figure
 */
record Requirement(Figure figure, boolean atLeast, double factor, Figure other) {

	static Requirement atLeast(Figure figure, double factor, Figure other) {
		return new Requirement(figure, true, factor, other);
	}

	static Requirement atMost(Figure figure, double factor, Figure other) {
		return new Requirement(figure, false, factor, other);
	}

	Verdict check(Results results) {
		OptionalDouble figure = this.figure.of(results);
		OptionalDouble other = this.other.of(results);
		if (figure.isEmpty() || other.isEmpty()) {
			String missing = figure.isEmpty() ? this.figure.label() : this.other.label();
			return new Verdict(false, "not measured: " + missing);
		}
		double limit = this.factor * other.getAsDouble();
		boolean met = this.atLeast ? figure.getAsDouble() >= limit : figure.getAsDouble() <= limit;
		return new Verdict(met, this.figure.print(figure.getAsDouble()) + relation(met) + factorText()
				+ this.other.print(other.getAsDouble()) + ratioText(figure.getAsDouble(), other.getAsDouble()));
	}

	/** The one that is true. */
	private String relation(boolean met) {
		if (this.atLeast) {
			return met ? " ≥ " : " < ";
		}
		return met ? " ≤ " : " > ";
	}

	private String factorText() {
		return (this.factor == 1) ? "" : number(this.factor) + " × ";
	}

	private static String ratioText(double figure, double other) {
		return (other == 0) ? "" : String.format(Locale.ROOT, " (%.2f ×)", figure / other);
	}

	private static String number(double value) {
		return (value == Math.rint(value)) ? String.valueOf(Math.round(value)) : String.valueOf(value);
	}

	/**
	 * What became of a requirement.
	 *
	 * @param met whether it is met
	 * @param text both figures
	 */
	record Verdict(boolean met, String text) {

	}

}
