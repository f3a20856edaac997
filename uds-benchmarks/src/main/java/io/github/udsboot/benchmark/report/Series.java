package io.github.udsboot.benchmark.report;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param style its place among the contenders, which gives its colour; that of the first
 * stands out
 * @param title the title in the legend
 * @param points its points, from left to right
 */
record Series(int style, String title, List<Point> points) {

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
