package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A logarithmic axis of a plot.
 *
 * @param low the lowest value
 * @param high the highest value
 * @param from the pixel of the lowest value
 * @param to the pixel of the highest value
 */
record LogAxis(double low, double high, double from, double to) {

	/** Spans all values, from one power of ten (or its third) to another. */
	static LogAxis spanning(DoubleStream values, double from, double to) {
		double low = Double.MAX_VALUE;
		double high = 0;
		for (double value : values.toArray()) {
			low = Math.min(low, value);
			high = Math.max(high, value);
		}
		return new LogAxis(floor(low), ceiling(Math.max(high, low * 1.01)), from, to);
	}

	/** Spans the values exactly. */
	static LogAxis exactly(double low, double high, double from, double to) {
		return new LogAxis(low, high, from, to);
	}

	private static double floor(double value) {
		double power = Math.pow(10, Math.floor(Math.log10(value)));
		return (value >= 3 * power) ? 3 * power : power;
	}

	private static double ceiling(double value) {
		double power = Math.pow(10, Math.floor(Math.log10(value)));
		return (value <= 3 * power) ? 3 * power : 10 * power;
	}

	double pixel(double value) {
		double part = Math.log(value / this.low) / Math.log(this.high / this.low);
		return this.from + part * (this.to - this.from);
	}

	/** One, two and five times the powers of ten, or fewer where there are many. */
	List<Double> ticks() {
		List<Double> ticks = new ArrayList<>();
		boolean wide = this.high / this.low > 1000;
		for (int exponent = -3; exponent < 12; exponent++) {
			for (int factor : wide ? new int[] { 1 } : new int[] { 1, 2, 5 }) {
				double tick = factor * Math.pow(10, exponent);
				if (tick >= this.low * 0.999 && tick <= this.high * 1.001) {
					ticks.add(tick);
				}
			}
		}
		return ticks;
	}

}
