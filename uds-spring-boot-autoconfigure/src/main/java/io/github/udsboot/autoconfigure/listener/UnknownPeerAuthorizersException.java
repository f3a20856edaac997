package io.github.udsboot.autoconfigure.listener;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import io.github.udsboot.security.PeerAuthorizer;

/**
 * {@link PeerAuthorizer} beans are qualified with the names of listeners that do not
 * exist, so they would keep no peer out.
 */
public class UnknownPeerAuthorizersException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final TreeMap<String, String> qualifiers;

	private final TreeSet<String> known;

	/**
	 * Create an exception.
	 * @param qualifiers the qualifiers of the beans, by the names of the beans
	 * @param known the names of the listeners
	 */
	public UnknownPeerAuthorizersException(Map<String, String> qualifiers, Collection<String> known) {
		super("PeerAuthorizer beans are qualified with names that no listener has: " + new TreeMap<>(qualifiers)
				+ "; known are " + new TreeSet<>(known));
		this.qualifiers = new TreeMap<>(qualifiers);
		this.known = new TreeSet<>(known);
	}

	/**
	 * Return the beans and their qualifiers.
	 * @return the qualifiers, by the names of the beans
	 */
	public Map<String, String> getQualifiers() {
		return this.qualifiers;
	}

	/**
	 * Return the listeners that exist.
	 * @return their names
	 */
	public Collection<String> getKnown() {
		return this.known;
	}

}
