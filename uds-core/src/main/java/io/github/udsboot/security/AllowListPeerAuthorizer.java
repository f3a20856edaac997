package io.github.udsboot.security;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;

/**
 * Accepts a peer whose user is one of the allowed users or whose primary group is one of
 * the allowed groups. A peer's supplementary groups are not known and do not count. Root
 * is not implied: it is accepted only if it is listed. The names are looked up once, when
 * the authorizer is created.
 */
public final class AllowListPeerAuthorizer implements PeerAuthorizer {

	static final String ROOT = "0";

	private final Set<UserPrincipal> users = new HashSet<>();

	private final Set<Long> userIds = new HashSet<>();

	private final Set<UserPrincipal> groups = new HashSet<>();

	private final Set<Long> groupIds = new HashSet<>();

	private AllowListPeerAuthorizer(Collection<String> users, Collection<String> groups) {
		UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		for (String user : users) {
			add(user, "user", lookup::lookupPrincipalByName, this.users, this.userIds);
		}
		for (String group : groups) {
			add(group, "group", lookup::lookupPrincipalByGroupName, this.groups, this.groupIds);
		}
	}

	/**
	 * Create an authorizer.
	 * @param users the allowed users, by name or number
	 * @param groups the allowed groups, by name or number
	 * @return the authorizer
	 * @throws IllegalArgumentException if both are empty, or a name is unknown to this
	 * system; numbers need not be known
	 */
	public static AllowListPeerAuthorizer of(Collection<String> users, Collection<String> groups) {
		if (users.isEmpty() && groups.isEmpty()) {
			throw new IllegalArgumentException("The list of allowed users and groups is empty, so no peer could call: "
					+ "name at least one, or set none to let the mode of the socket file decide");
		}
		return new AllowListPeerAuthorizer(users, groups);
	}

	private static void add(String nameOrId, String kind, Lookup lookup, Set<UserPrincipal> principals, Set<Long> ids) {
		Long id = parseId(nameOrId);
		if (id != null) {
			ids.add(id);
		}
		try {
			principals.add(lookup.find(nameOrId));
		}
		catch (UserPrincipalNotFoundException ex) {
			// The JDK supports numbers up to an int only
			if (id == null) {
				throw new IllegalArgumentException("Unknown " + kind + " '" + nameOrId + "' among the allowed " + kind
						+ "s: correct the name, create the " + kind + ", or give its number", ex);
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			throw new IllegalArgumentException(
					"Cannot look up the allowed " + kind + " '" + nameOrId + "' on this system", ex);
		}
	}

	private static @Nullable Long parseId(String text) {
		return (!text.isEmpty() && text.length() <= 10 && text.chars().allMatch((c) -> c >= '0' && c <= '9'))
				? Long.valueOf(text) : null;
	}

	@Override
	public boolean isAuthorized(PeerConnection connection) {
		return allows(connection.peer());
	}

	/**
	 * Return whether a peer is on the list.
	 * @param peer the peer
	 * @return {@code true} if its user or one of its groups is allowed
	 */
	public boolean allows(PeerCredentials peer) {
		return this.users.contains(peer.user()) || this.groups.contains(peer.group())
				|| (peer.uid() != null && this.userIds.contains(peer.uid()))
				|| (peer.gid() != null && this.groupIds.contains(peer.gid()));
	}

	@Override
	public String toString() {
		return "users " + this.users + " " + this.userIds + ", groups " + this.groups + " " + this.groupIds;
	}

	/**
	 * How to look up the principal of a name.
	 */
	@FunctionalInterface
	private interface Lookup {

		UserPrincipal find(String name) throws IOException;

	}

}
