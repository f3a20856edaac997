package io.github.udsboot.benchmark.report;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param title the title in the legend
 * @param points its points, from left to right
 */
record Series(String title, List<Point> points) {

	Series {
		points = List.copyOf(points);
	}

	/**
	 * A point, both coordinates above zero.
	 *
	 * @param x the coordinate to the right
	 * @param y the coordinate upwards
	 */
	record Point(double x, double y) {

	}

}
