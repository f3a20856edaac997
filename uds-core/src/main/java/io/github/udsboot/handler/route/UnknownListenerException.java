package io.github.udsboot.handler.route;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Handlers belong to listeners that do not exist.
 */
public class UnknownListenerException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final Set<String> unknown;

	private final Set<String> known;

	/**
	 * Create an exception.
	 * @param unknown the names of the listeners that do not exist
	 * @param known the names of those that do
	 */
	public UnknownListenerException(Collection<String> unknown, Collection<String> known) {
		super("Handlers name listeners that do not exist: " + new TreeSet<>(unknown) + "; known are "
				+ new TreeSet<>(known));
		this.unknown = Set.copyOf(unknown);
		this.known = Set.copyOf(known);
	}

	/**
	 * Return the listeners that handlers name and that do not exist.
	 * @return their names
	 */
	public Set<String> getUnknown() {
		return this.unknown;
	}

	/**
	 * Return the listeners that exist.
	 * @return their names
	 */
	public Set<String> getKnown() {
		return this.known;
	}

}
