package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

import io.github.udsboot.benchmark.report.Plot.Tick;
import io.github.udsboot.benchmark.report.Series.Point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link Plot}, {@link Plots} and {@link LogAxis}.
 */
class PlotTests {

	@Test
	void axisIsLogarithmic() {
		LogAxis axis = LogAxis.exactly(1, 10_000, 400, 0);
		assertThat(axis.pixel(1)).isCloseTo(400, within(0.01));
		assertThat(axis.pixel(100)).isCloseTo(200, within(0.01));
		assertThat(axis.pixel(10_000)).isCloseTo(0, within(0.01));
	}

	@Test
	void axisSpansAllValues() {
		LogAxis axis = LogAxis.spanning(DoubleStream.of(45, 120, 2_500), 0, 100);
		assertThat(axis.low()).isEqualTo(30);
		assertThat(axis.high()).isEqualTo(3_000);
		assertThat(axis.ticks()).containsExactly(50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0);
	}

	@Test
	void axisOfOneValueHasTicks() {
		assertThat(LogAxis.spanning(DoubleStream.of(100), 0, 100).ticks()).isNotEmpty();
	}

	@Test
	void plotIsWellFormedAndHasALineForEachSeries() throws Exception {
		Plot plot = new Plot("Calls & answers", "x < y", "µs", List.of(new Tick(1, "1"), new Tick(10, "10")),
				List.of(new Series(0, "a", List.of(new Point(1, 5), new Point(10, 50))),
						new Series(4, "b", List.of(new Point(1, 7), new Point(10, 70)))));
		Document svg = parse(plot.svg());
		assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
		assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
		assertThat(svg.getDocumentElement().getTextContent()).contains("Calls & answers", "x < y", "µs", "a", "b");
	}

	@Test
	void thereAreNoPlotsOfWhatWasNotMeasured() {
		Results results = new Results(new Environment("", "", "", "", ""),
				List.of(ResultsFileTests.row(1, "uds", 1000)));
		assertThat(new Plots(results).draw()).containsOnlyKeys("headline.svg", "latency-sequential.svg");
	}

	@Test
	void allPlotsAreWellFormed() throws Exception {
		Row payload = new Row(1, "uds", MeasureNames.payload(1024), 1024, 1, 1, 900,
				List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), 0, 0, "");
		Results results = new Results(new Environment("", "", "", "", ""),
				List.of(ResultsFileTests.row(1, "uds", 1000), payload));
		Map<String, String> plots = new Plots(results).draw();
		assertThat(plots).containsOnlyKeys("headline.svg", "latency-sequential.svg", "throughput-payload.svg");
		for (Map.Entry<String, String> plot : plots.entrySet()) {
			int lines = plot.getKey().equals("headline.svg") ? 0 : 1;
			assertThat(parse(plot.getValue()).getElementsByTagName("polyline").getLength()).isEqualTo(lines);
		}
	}

	@Test
	void headlineNamesTheHostAndHasTheFastestFirst() throws Exception {
		Results results = new Results(new Environment("2026-01-02", "", "2 x Chip & Co", "", "Vendor 25"),
				List.of(ResultsFileTests.row(1, "c", 50_000), ResultsFileTests.row(1, "uds", 150_000),
						ResultsFileTests.row(1, "grpc", 5_000)));
		Document svg = parse(new Plots(results).draw().getOrDefault("headline.svg", ""));
		assertThat(svg.getDocumentElement().getTextContent()).contains("one caller, 64 B", "One run on one host",
				"2 x Chip & Co");
		assertThat(svg.getDocumentElement().getTextContent().replaceAll("\\s+", " ")).contains("ours 150,000 C 50,000")
			.endsWith("Boot gRPC 5,000 ");
		// The first is the ground
		assertThat(IntStream.range(1, 4).mapToObj((index) -> width(svg, index))).containsExactly("580.0", "193.3",
				"19.3");
	}

	private static String width(Document svg, int index) {
		return ((Element) svg.getElementsByTagName("rect").item(index)).getAttribute("width");
	}

	private static Document parse(String svg) throws ParserConfigurationException, SAXException, IOException {
		return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
	}

}
