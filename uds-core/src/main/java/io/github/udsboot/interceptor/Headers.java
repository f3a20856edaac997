package io.github.udsboot.interceptor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads metadata, and makes modified copies.
 */
final class Headers {

	private Headers() {
	}

	static @Nullable String first(Map<String, List<String>> metadata, String name) {
		List<String> values = metadata.get(name.toLowerCase(Locale.ROOT));
		if (values == null) {
			// not all peers send lower case
			values = metadata.entrySet()
				.stream()
				.filter((entry) -> entry.getKey().equalsIgnoreCase(name))
				.map(Map.Entry::getValue)
				.findFirst()
				.orElse(List.of());
		}
		return values.isEmpty() ? null : values.get(0);
	}

	static Map<String, List<String>> with(Map<String, List<String>> metadata, String name, String... values) {
		Map<String, List<String>> changed = new LinkedHashMap<>(metadata);
		changed.keySet().removeIf(name::equalsIgnoreCase);
		if (values.length > 0) {
			changed.put(name.toLowerCase(Locale.ROOT), List.of(values));
		}
		return Collections.unmodifiableMap(changed);
	}

}
