package io.github.udsboot.benchmark.report;

import java.util.Locale;

/**
 * What all plots are drawn with.
 */
final class Svg {

	private Svg() {
	}

	/** The beginning of a picture, with a white ground for pages of either brightness. */
	static String open(int width, int height) {
		return text(
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
						+ "font-size=\"13\" fill=\"#1f2328\">%n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
				width, height, width, height);
	}

	static String label(double x, double y, String anchor, String style, String content) {
		return text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n", x, y, anchor, style,
				escape(content));
	}

	static String escape(String content) {
		return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	/** Not in the language of the machine, and with the same line ends everywhere. */
	static String text(String format, Object... arguments) {
		return String.format(Locale.ROOT, format.replace("%n", "\n"), arguments);
	}

}
