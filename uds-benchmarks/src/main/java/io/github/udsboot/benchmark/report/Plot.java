package io.github.udsboot.benchmark.report;

import java.util.List;
import java.util.stream.Collectors;

import io.github.udsboot.benchmark.report.Series.Point;

/**
 * Draws lines on logarithmic axes, as SVG.
 */
final class Plot {

	private static final int WIDTH = 860;

	private static final int HEIGHT = 460;

	private static final int LEFT = 80;

	private static final int RIGHT = 650;

	private static final int TOP = 48;

	private static final int BOTTOM = 400;

	private static final int LEGEND_LINE = 22;

	/** Told apart also by those who see no red or green. */
	private static final List<String> COLOURS = List.of("#d55e00", "#e69f00", "#882255", "#56b4e9", "#000000",
			"#777777", "#0072b2", "#44aa99", "#009e73", "#999933", "#cc79a7", "#aa4499");

	private final String title;

	private final String xTitle;

	private final String yTitle;

	private final List<Tick> xTicks;

	private final List<Series> series;

	Plot(String title, String xTitle, String yTitle, List<Tick> xTicks, List<Series> series) {
		this.title = title;
		this.xTitle = xTitle;
		this.yTitle = yTitle;
		this.xTicks = List.copyOf(xTicks);
		this.series = List.copyOf(series);
	}

	String svg() {
		LogAxis x = LogAxis.exactly(this.xTicks.get(0).value(), this.xTicks.get(this.xTicks.size() - 1).value(), LEFT,
				RIGHT);
		LogAxis y = LogAxis.spanning(
				this.series.stream().flatMap((line) -> line.points().stream()).mapToDouble(Point::y), BOTTOM, TOP);
		StringBuilder svg = new StringBuilder();
		svg.append(Svg.open(WIDTH, HEIGHT));
		svg.append(Svg.label(LEFT, TOP - 20, "start", "font-size=\"16\" font-weight=\"bold\"", this.title));
		svg.append(Svg.label((LEFT + RIGHT) / 2.0, HEIGHT - 16, "middle", "", this.xTitle));
		svg.append(Svg.text("<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
				(TOP + BOTTOM) / 2, Svg.escape(this.yTitle)));
		grid(svg, x, y);
		// The first last, so that it lies on top
		for (int i = this.series.size() - 1; i >= 0; i--) {
			line(svg, this.series.get(i), i, x, y);
		}
		return svg.append("</svg>\n").toString();
	}

	private void grid(StringBuilder svg, LogAxis x, LogAxis y) {
		for (double tick : y.ticks()) {
			double at = y.pixel(tick);
			svg.append(rule(LEFT, at, RIGHT, at));
			svg.append(Svg.label(LEFT - 8, at + 4, "end", "", Units.shortNumber(tick)));
		}
		for (Tick tick : this.xTicks) {
			double at = x.pixel(tick.value());
			svg.append(rule(at, TOP, at, BOTTOM));
			svg.append(Svg.label(at, BOTTOM + 20, "middle", "", tick.label()));
		}
	}

	private static void line(StringBuilder svg, Series line, int index, LogAxis x, LogAxis y) {
		String colour = COLOURS.get(line.style() % COLOURS.size());
		boolean first = line.style() == 0;
		String points = line.points()
			.stream()
			.map((point) -> Svg.text("%.1f,%.1f", x.pixel(point.x()), y.pixel(point.y())))
			.collect(Collectors.joining(" "));
		svg.append(Svg.text("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>%n", points,
				colour, first ? "3" : "1.5"));
		for (Point point : line.points()) {
			svg.append(Svg.text("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>%n", x.pixel(point.x()),
					y.pixel(point.y()), first ? "3.5" : "2.5", colour));
		}
		int at = TOP + 8 + index * LEGEND_LINE;
		svg.append(Svg.text("<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>%n", RIGHT + 20, at - 6,
				colour));
		svg.append(Svg.label(RIGHT + 40, at, "start", first ? "font-weight=\"bold\"" : "", line.title()));
	}

	private static String rule(double x1, double y1, double x2, double y2) {
		return Svg.text("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n", x1, y1, x2, y2);
	}

	/**
	 * A place on the axis to the right.
	 *
	 * @param value the value
	 * @param label what is written there
	 */
	record Tick(double value, String label) {

	}

}
