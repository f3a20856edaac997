package io.github.udsboot.autoconfigure.socket;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * The names of listeners, or of clients, as written in the configuration.
 */
public final class SocketNames {

	/** The name of the socket that is configured without one. */
	public static final String DEFAULT = UdsHandlerEndpoint.DEFAULT_LISTENER;

	private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

	private SocketNames() {
	}

	/**
	 * Keep, of several spellings of a name, the one that was written. An environment
	 * variable has no dashes and no capital letters, so the one that sets the path of
	 * {@code order-events} appears as {@code orderevents}: bound to a map, a second entry
	 * with the same values.
	 * @param <T> the type of the properties
	 * @param sockets the properties of the sockets by name, as they were bound
	 * @return the properties by name, in the same order
	 */
	public static <T> Map<String, T> distinct(Map<String, T> sockets) {
		Map<String, String> spellings = new LinkedHashMap<>();
		for (String name : sockets.keySet()) {
			String plain = plain(name);
			String present = spellings.get(plain);
			if (present == null || present.equals(plain)) {
				spellings.put(plain, name);
			}
		}
		Map<String, T> distinct = new LinkedHashMap<>(sockets);
		distinct.keySet().retainAll(spellings.values());
		return distinct;
	}

	/**
	 * Check that a name is valid.
	 * @param prefix the prefix of the name
	 * @param name the name
	 * @param singleForm the prefix of the properties that need no name
	 * @throws InvalidSocketPropertiesException if it is not
	 */
	static void check(String prefix, String name, String singleForm) {
		if (!VALID.matcher(name).matches()) {
			throw new InvalidSocketPropertiesException(prefix,
					"'" + name + "' is no name: it must be made of letters, digits and dashes",
					"Choose a name such as 'order-events'.");
		}
		if (plain(name).equals(DEFAULT)) {
			throw new InvalidSocketPropertiesException(prefix + "." + name,
					"the name '" + DEFAULT + "' belongs to what stands below " + singleForm,
					"Move the properties below " + singleForm + ", or choose another name.");
		}
	}

	private static String plain(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

}
