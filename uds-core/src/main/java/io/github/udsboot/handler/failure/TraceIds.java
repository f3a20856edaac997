package io.github.udsboot.handler.failure;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.util.ClassUtils;

/**
 * Finds the id of the trace that a request belongs to: the one that tracing has put into
 * SLF4J's MDC, or else the one that the caller has sent, as W3C or as B3 have it.
 */
final class TraceIds {

	private static final boolean SLF4J_PRESENT = ClassUtils.isPresent("org.slf4j.MDC", TraceIds.class.getClassLoader());

	private static final Map<String, Pattern> HEADERS = Map.of("traceparent",
			Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-.*"), "b3",
			Pattern.compile("([0-9a-f]{32}|[0-9a-f]{16})-.*"), "x-b3-traceid",
			Pattern.compile("([0-9a-f]{32}|[0-9a-f]{16})"));

	private TraceIds() {
	}

	/**
	 * Return the id of a trace.
	 * @param metadata what the caller has sent
	 * @return the id, or {@code null} if there is no trace
	 */
	static @Nullable String of(Map<String, List<String>> metadata) {
		String current = SLF4J_PRESENT ? Slf4j.traceId() : null;
		return (current != null && !current.isBlank()) ? current : sent(metadata);
	}

	private static @Nullable String sent(Map<String, List<String>> metadata) {
		for (Map.Entry<String, Pattern> header : HEADERS.entrySet()) {
			for (String value : metadata.getOrDefault(header.getKey(), List.of())) {
				Matcher matcher = header.getValue().matcher(value);
				if (matcher.matches()) {
					return matcher.group(1);
				}
			}
		}
		return null;
	}

	/** Apart, since SLF4J may be absent. */
	private static final class Slf4j {

		static @Nullable String traceId() {
			return MDC.get("traceId");
		}

	}

}
