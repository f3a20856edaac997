package io.github.udsboot.autoconfigure;

import java.util.List;

import org.springframework.test.util.ReflectionTestUtils;

import io.github.udsboot.client.UdsTemplate;

/**
 * The settings of a template, which it does not show to applications.
 */
public final class TemplateSettings {

	private static final List<String> CONNECT = List.of("connectTimeout", "waitForServer", "initialBackoff",
			"maxBackoff", "busyPoll", "probe", "transport", "address");

	private static final List<String> LIMITS = List.of("outboundQueueSize", "memory", "frameTimeout", "stallTimeout");

	private TemplateSettings() {
	}

	/** Return the setting with the name that it has in the template's builder. */
	public static Object of(UdsTemplate template, String name) {
		if (name.equals("timeout")) {
			return ReflectionTestUtils.getField(template, name);
		}
		if (name.equals("maxStreams")) {
			Object streams = ReflectionTestUtils.getField(ReflectionTestUtils.getField(template, "rpc"), "streams");
			return ReflectionTestUtils.getField(ReflectionTestUtils.getField(streams, "opener"), name);
		}
		Object settings = ReflectionTestUtils.getField(template.getConnectionFactory(), "settings");
		if (CONNECT.contains(name)) {
			settings = ReflectionTestUtils.invokeMethod(settings, "connect");
		}
		else if (LIMITS.contains(name)) {
			settings = ReflectionTestUtils.invokeMethod(settings, "limits");
		}
		return ReflectionTestUtils.invokeMethod(settings, name);
	}

}
