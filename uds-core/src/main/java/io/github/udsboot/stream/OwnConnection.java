package io.github.udsboot.stream;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a client of ours says that nothing but one stream will be on a connection: by an
 * entry in the metadata of its request, which other servers ignore. The server may then
 * leave it to the socket to make a sender wait, and to its peer when to read.
 */
public final class OwnConnection {

	private static final String KEY = "uds-own-connection";

	private OwnConnection() {
	}

	/**
	 * Say so.
	 * @param metadata the metadata of a request
	 * @return the metadata with the entry
	 */
	public static Map<String, List<String>> mark(Map<String, List<String>> metadata) {
		Map<String, List<String>> marked = new LinkedHashMap<>(metadata);
		marked.put(KEY, List.of("1"));
		return marked;
	}

	/**
	 * Return whether a client says so.
	 * @param metadata the metadata of a request
	 * @return whether it has the entry
	 */
	public static boolean isMarked(Map<String, List<String>> metadata) {
		return metadata.containsKey(KEY);
	}

	/**
	 * Return the metadata that is meant for handlers.
	 * @param metadata the metadata of a request
	 * @return the metadata without the entry
	 */
	public static Map<String, List<String>> unmark(Map<String, List<String>> metadata) {
		if (!isMarked(metadata)) {
			return metadata;
		}
		Map<String, List<String>> rest = new LinkedHashMap<>(metadata);
		rest.remove(KEY);
		return rest;
	}

}
