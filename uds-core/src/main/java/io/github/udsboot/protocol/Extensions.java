package io.github.udsboot.protocol;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How peers tell each other which {@link Extension}s they understand: the client in the
 * metadata of a connection's first request, where a peer that does not know of them
 * ignores it, and the server in a {@link HelloFrame}, which it sends only to such a
 * client.
 */
public final class Extensions {

	/** The key of the metadata entry. */
	public static final String KEY = "uds-extensions";

	private static final String CLOCK = "clock=";

	/** Extensions that need nothing but two peers that know them. */
	private static final Set<Extension> ALL = Set.of(Extension.CANCEL, Extension.PING, Extension.GOAWAY);

	private static final Set<Extension> ALL_AND_DEADLINE = Set.copyOf(EnumSet.allOf(Extension.class));

	private Extensions() {
	}

	/**
	 * Return all extensions that this side understands.
	 * @return all extensions except {@link Extension#DEADLINE}, which needs a shared
	 * clock
	 */
	public static Set<Extension> all() {
		return ALL;
	}

	/**
	 * Return all extensions that this side understands with a peer on the same host.
	 * @return all extensions
	 */
	public static Set<Extension> allAndDeadline() {
		return ALL_AND_DEADLINE;
	}

	/**
	 * Announce in a request which extensions this side understands.
	 * @param metadata the metadata of the request
	 * @return the metadata with an additional entry
	 */
	public static Map<String, List<String>> announce(Map<String, List<String>> metadata) {
		return announce(metadata, ALL);
	}

	private static Map<String, List<String>> announce(Map<String, List<String>> metadata, Set<Extension> extensions) {
		Map<String, List<String>> announcing = new LinkedHashMap<>(metadata);
		announcing.put(KEY, List.of(format(extensions)));
		return announcing;
	}

	/**
	 * Announce in a request which extensions this side understands, and whose clock it
	 * has.
	 * @param metadata the metadata of the request
	 * @param time the time on that clock, and the deadline of the request
	 * @return the metadata with two additional entries
	 */
	public static Map<String, List<String>> announce(Map<String, List<String>> metadata, HostTime time) {
		return time.in(announce(metadata, ALL_AND_DEADLINE));
	}

	/**
	 * Return the extensions that the sender of a request announces.
	 * @param metadata the metadata of the request
	 * @return the extensions that this side also understands, empty if none are announced
	 */
	public static Set<Extension> announcedIn(Map<String, List<String>> metadata) {
		List<String> values = metadata.get(KEY);
		return (values != null && !values.isEmpty()) ? parse(values.get(0)) : Set.of();
	}

	/**
	 * Return the metadata for handlers.
	 * @param metadata the metadata of a request
	 * @return the metadata without the entries that peers use among themselves
	 */
	public static Map<String, List<String>> without(Map<String, List<String>> metadata) {
		if (!metadata.containsKey(KEY) && !metadata.containsKey(HostTime.KEY)) {
			return metadata;
		}
		Map<String, List<String>> rest = new LinkedHashMap<>(metadata);
		rest.remove(KEY);
		rest.remove(HostTime.KEY);
		return rest;
	}

	/**
	 * Write extensions as text.
	 * @param extensions the extensions
	 * @return their names in lower case, separated by commas
	 */
	public static String format(Set<Extension> extensions) {
		return extensions.stream()
			.sorted()
			.map((extension) -> extension.name().toLowerCase(Locale.ROOT))
			.collect(Collectors.joining(","));
	}

	/**
	 * Read extensions from text.
	 * @param text names, separated by commas
	 * @return the known ones; a later version may have others
	 */
	public static Set<Extension> parse(String text) {
		List<String> names = Arrays.asList(text.split(",", -1));
		Set<Extension> extensions = EnumSet.allOf(Extension.class);
		extensions.removeIf((extension) -> !names.contains(extension.name().toLowerCase(Locale.ROOT)));
		return Set.copyOf(extensions);
	}

	/**
	 * Write a greeting as text.
	 * @param hello the greeting
	 * @return the names, and the time if there is one
	 */
	public static String format(HelloFrame hello) {
		String names = format(hello.extensions());
		return (hello.clock() != 0) ? names + "," + CLOCK + hello.clock() : names;
	}

	/**
	 * Read the time from a greeting.
	 * @param text the text of the greeting
	 * @return the time, 0 if there is none
	 */
	public static long clockIn(String text) {
		for (String part : text.split(",", -1)) {
			if (part.startsWith(CLOCK)) {
				try {
					return Long.parseLong(part.substring(CLOCK.length()));
				}
				catch (NumberFormatException ex) {
					return 0;
				}
			}
		}
		return 0;
	}

}
