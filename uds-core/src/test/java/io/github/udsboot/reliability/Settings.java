package io.github.udsboot.reliability;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.springframework.boot.convert.DurationStyle;

import io.github.udsboot.transport.TransportType;

/**
 * What the system properties of one prefix say about a run.
 *
 * @param prefix the prefix, without its dot
 */
record Settings(String prefix) {

	String text(String name, String value) {
		return System.getProperty(this.prefix + "." + name, value);
	}

	int number(String name, int value) {
		return Integer.parseInt(text(name, Integer.toString(value)));
	}

	Duration duration(String name, String value) {
		return DurationStyle.detectAndParse(text(name, value));
	}

	List<TransportType> transports() {
		return Stream.of(text("transport", "jdk,junixsocket").split(","))
			.map((name) -> TransportType.valueOf(name.toUpperCase(Locale.ROOT)))
			.toList();
	}

}
