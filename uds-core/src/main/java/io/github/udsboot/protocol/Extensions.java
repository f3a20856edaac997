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
 * metadata of a connection's first request, where a peer that knows of none overlooks it,
 * and the server in a {@link HelloFrame}, which it sends to such a client only.
 */
public final class Extensions {

	/** The key of the metadata entry. */
	public static final String KEY = "uds-extensions";

	private static final Set<Extension> ALL = Set.copyOf(EnumSet.allOf(Extension.class));

	private Extensions() {
	}

	/**
	 * Return all that this side understands.
	 * @return all extensions
	 */
	public static Set<Extension> all() {
		return ALL;
	}

	/**
	 * Say in a request what this side understands.
	 * @param metadata the metadata of the request
	 * @return the metadata with one more entry
	 */
	public static Map<String, List<String>> announce(Map<String, List<String>> metadata) {
		Map<String, List<String>> announcing = new LinkedHashMap<>(metadata);
		announcing.put(KEY, List.of(format(ALL)));
		return announcing;
	}

	/**
	 * Return what the sender of a request says it understands.
	 * @param metadata the metadata of the request
	 * @return the extensions that this side knows as well, empty if nothing is said
	 */
	public static Set<Extension> announcedIn(Map<String, List<String>> metadata) {
		List<String> values = metadata.get(KEY);
		return (values != null && !values.isEmpty()) ? parse(values.get(0)) : Set.of();
	}

	/**
	 * Return the metadata that is meant for handlers.
	 * @param metadata the metadata of a request
	 * @return the metadata without the announcement
	 */
	public static Map<String, List<String>> without(Map<String, List<String>> metadata) {
		if (!metadata.containsKey(KEY)) {
			return metadata;
		}
		Map<String, List<String>> rest = new LinkedHashMap<>(metadata);
		rest.remove(KEY);
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
	 * @return those that are known; a later version may have others
	 */
	public static Set<Extension> parse(String text) {
		List<String> names = Arrays.asList(text.split(",", -1));
		Set<Extension> extensions = EnumSet.allOf(Extension.class);
		extensions.removeIf((extension) -> !names.contains(extension.name().toLowerCase(Locale.ROOT)));
		return Set.copyOf(extensions);
	}

}
