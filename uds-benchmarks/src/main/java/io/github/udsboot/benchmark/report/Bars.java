package io.github.udsboot.benchmark.report;

import java.util.List;

/**
 * Draws horizontal bars from zero, as SVG on a ground of its own.
 */
final class Bars {

	private static final int WIDTH = 860;

	private static final int LEFT = 190;

	/** Where the longest bar ends; its figure stands to the right of it. */
	private static final int RIGHT = 770;

	private static final int TOP = 78;

	private static final int STEP = 28;

	private static final int HEIGHT = 18;

	private static final String OURS = "#d55e00";

	private static final String OTHERS = "#7a8793";

	private final String title;

	private final String subtitle;

	private final List<Bar> bars;

	Bars(String title, String subtitle, List<Bar> bars) {
		this.title = title;
		this.subtitle = subtitle;
		this.bars = List.copyOf(bars);
	}

	String svg() {
		int height = TOP + this.bars.size() * STEP + 12;
		double most = this.bars.stream().mapToDouble(Bar::value).max().orElse(1);
		StringBuilder svg = new StringBuilder(Svg.open(WIDTH, height));
		svg.append(Svg.label(24, 32, "start", "font-size=\"18\" font-weight=\"bold\"", this.title));
		svg.append(Svg.label(24, 54, "start", "fill=\"#555555\"", this.subtitle));
		for (int i = 0; i < this.bars.size(); i++) {
			bar(svg, this.bars.get(i), TOP + i * STEP, most);
		}
		return svg.append("</svg>\n").toString();
	}

	private static void bar(StringBuilder svg, Bar bar, int top, double most) {
		double width = Math.max(1, (RIGHT - LEFT) * bar.value() / most);
		String weight = bar.emphasized() ? "font-weight=\"bold\"" : "";
		int baseline = top + HEIGHT - 5;
		svg.append(Svg.label(LEFT - 10, baseline, "end", weight, bar.title()));
		svg.append(Svg.text("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n", LEFT, top, width,
				HEIGHT, bar.emphasized() ? OURS : OTHERS));
		svg.append(Svg.label(LEFT + width + 8, baseline, "start", weight, Units.count(bar.value())));
	}

	/**
	 * A bar.
	 *
	 * @param title whose it is
	 * @param value its length
	 * @param emphasized whether it stands out
	 */
	record Bar(String title, double value, boolean emphasized) {

	}

}
