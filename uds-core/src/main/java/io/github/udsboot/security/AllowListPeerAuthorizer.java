package io.github.udsboot.security;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.GuardedLog;

/**
 * Accepts a peer whose user is one of the allowed users, or one of whose groups is one of
 * the allowed groups: its primary group or a supplementary group, see
 * {@link PeerCredentials#groups()}. Supplementary groups are looked up only if they
 * decide. Root is not implied: it is accepted only if it is listed. The names are looked
 * up once, when the authorizer is created.
 * <p>
 * In a user namespace that does not have a number for every user of the system, all
 * others appear as the overflow user (65534, usually {@code nobody}), and their groups as
 * the overflow group. These match nothing there, even if they are listed, and a warning
 * says so. Thread-safe.
 */
public final class AllowListPeerAuthorizer implements PeerAuthorizer {

	static final String ROOT = "0";

	private static final Log logger = GuardedLog.of(AllowListPeerAuthorizer.class);

	private final UserNamespace namespace;

	private static final Pattern NEGATIVE = Pattern.compile("-\\d+");

	private final Set<UserPrincipal> users = new HashSet<>();

	private final Set<Long> userIds = new HashSet<>();

	private final Set<UserPrincipal> groups = new HashSet<>();

	private final Set<Long> groupIds = new HashSet<>();

	/** The groups of which the number is not known. */
	private final Set<UserPrincipal> groupsByName = new HashSet<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	AllowListPeerAuthorizer(Collection<String> users, Collection<String> groups, UserNamespace namespace,
			Function<UserPrincipal, @Nullable Long> numbers) {
		UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
		this.namespace = namespace;
		for (String user : users) {
			add(user, "user", lookup::lookupPrincipalByName, this.users, this.userIds);
		}
		for (String group : groups) {
			add(group, "group", lookup::lookupPrincipalByGroupName, this.groups, this.groupIds);
		}
		for (UserPrincipal group : this.groups) {
			Long number = numbers.apply(group);
			if (number != null) {
				this.groupIds.add(number);
			}
			else {
				this.groupsByName.add(group);
			}
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
		return new AllowListPeerAuthorizer(users, groups, UserNamespace.own(), AllowListPeerAuthorizer::numberOfGroup);
	}

	private static void add(String nameOrId, String kind, Lookup lookup, Set<UserPrincipal> principals, Set<Long> ids) {
		if (NEGATIVE.matcher(nameOrId).matches()) {
			// the JDK would take it for a number
			throw new IllegalArgumentException(
					"Unknown " + kind + " '" + nameOrId + "' in the list of " + kind + "s: a number is not negative");
		}
		Long id = parseId(nameOrId);
		if (id != null) {
			ids.add(id);
		}
		try {
			// The JDK takes numbers above that of an int in their negative form only
			principals
				.add(lookup.find((id != null && id > Integer.MAX_VALUE) ? Integer.toString(id.intValue()) : nameOrId));
		}
		catch (UserPrincipalNotFoundException ex) {
			if (id == null) {
				throw new IllegalArgumentException("Unknown " + kind + " '" + nameOrId + "' in the list of " + kind
						+ "s: correct the name, create the " + kind + ", or give its number", ex);
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			throw new IllegalArgumentException("Cannot look up the " + kind + " '" + nameOrId + "' on this system", ex);
		}
	}

	private static @Nullable Long parseId(String text) {
		if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		long number = Long.parseLong(text);
		return (number < 0xFFFF_FFFFL) ? number : null;
	}

	/**
	 * Return the number of a group, which the JDK does not give. But its principals hash
	 * to it: that is a guess, and it is verified. It fails for a group whose number is
	 * the name of another.
	 */
	static @Nullable Long numberOfGroup(UserPrincipal group) {
		int guess = group.hashCode();
		try {
			UserPrincipal guessed = FileSystems.getDefault()
				.getUserPrincipalLookupService()
				.lookupPrincipalByGroupName(Integer.toString(guess));
			return guessed.equals(group) ? Integer.toUnsignedLong(guess) : null;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return null;
		}
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
		return allowsUser(peer) || allowsPrimaryGroup(peer) || allowsSupplementaryGroup(peer);
	}

	private boolean allowsUser(PeerCredentials peer) {
		return isListed(peer.user(), peer.uid(), this.users, this.userIds)
				&& !isAmbiguous(this.namespace.mayBeAnyUser(peer.user(), peer.uid()), "user", peer);
	}

	private boolean allowsPrimaryGroup(PeerCredentials peer) {
		return isListed(peer.group(), peer.gid(), this.groups, this.groupIds)
				&& !isAmbiguous(this.namespace.mayBeAnyGroup(peer.group(), peer.gid()), "group", peer);
	}

	private boolean allowsSupplementaryGroup(PeerCredentials peer) {
		for (Long group : this.groupIds) {
			if (peer.isInGroup(group) && !isAmbiguous(this.namespace.mayBeAnyGroup(group), "group", peer)) {
				return true;
			}
		}
		return !this.groupsByName.isEmpty() && peer.groups()
			.stream()
			.anyMatch((group) -> this.groupsByName.contains(group) && !this.namespace.mayBeAnyGroup(group, null));
	}

	private static boolean isListed(UserPrincipal principal, @Nullable Long id, Set<UserPrincipal> principals,
			Set<Long> ids) {
		return principals.contains(principal) || (id != null && ids.contains(id));
	}

	private boolean isAmbiguous(boolean ambiguous, String kind, PeerCredentials peer) {
		if (ambiguous && this.warned.compareAndSet(false, true)) {
			logger.warn("The " + kind + " of a peer (" + peer + ") is on a list of allowed " + kind
					+ "s and does not count: this process is in a user namespace that does not map all " + kind
					+ "s, and all others appear as this one. Let the peer have a mapped " + kind
					+ ", or map its own (/etc/subuid, /etc/subgid). This is said once for the list");
		}
		return ambiguous;
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
