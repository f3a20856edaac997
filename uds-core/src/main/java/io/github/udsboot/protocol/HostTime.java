package io.github.udsboot.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * When a request was made and when it must be over, by the clock of the sender's host: an
 * entry in the metadata of the requests that a client of this library sends before it
 * knows whether the server shares that clock. Other servers ignore it.
 *
 * <pre>
 * uds-deadline: CLOCK NOW DEADLINE
 * </pre>
 *
 * @param clock identifies the clock, as one word
 * @param now the time on it when the request was made
 * @param deadline the time on it when the caller gives up, or {@link #NO_DEADLINE}
 */
public record HostTime(String clock, long now, long deadline) {

	/** The key of the metadata entry. */
	public static final String KEY = "uds-deadline";

	/** Stands for a caller that never gives up. */
	public static final long NO_DEADLINE = 0;

	/**
	 * Add this time to a request.
	 * @param metadata the metadata of the request
	 * @return the metadata with an additional entry
	 */
	public Map<String, List<String>> in(Map<String, List<String>> metadata) {
		Map<String, List<String>> dated = new LinkedHashMap<>(metadata);
		dated.put(KEY, List.of(this.clock + " " + this.now + " " + this.deadline));
		return dated;
	}

	/**
	 * Return the time that the sender of a request has added.
	 * @param metadata the metadata of the request
	 * @return the time, {@code null} if there is none that can be read
	 */
	public static @Nullable HostTime of(Map<String, List<String>> metadata) {
		List<String> values = metadata.get(KEY);
		if (values == null || values.isEmpty()) {
			return null;
		}
		String[] parts = values.get(0).split(" ", -1);
		try {
			return (parts.length >= 3) ? new HostTime(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]))
					: null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
