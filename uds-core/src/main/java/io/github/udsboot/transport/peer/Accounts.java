package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * Finds the principals of users and groups of whom the numbers are known, and the groups
 * of a user. Java can look up the number of a name, but not the name of a number, so the
 * local lists are searched for that. A number without a name in them is its own name, as
 * with the JDK. The principals equal those of the {@link UserPrincipalLookupService}.
 * Thread-safe; no lock is held during a lookup.
 */
public final class Accounts {

	private static final Log logger = GuardedLog.of(Accounts.class);

	/** Some 130 bytes each. */
	private static final int MAX_KEPT_GROUPS = 2 * GroupNumbers.MAX;

	private static final int MAX_KEPT_USERS = 256;

	private static final Accounts SHARED = new Accounts(Path.of("/etc"));

	private final AccountLists lists;

	private final RecentLookups<GroupNumbers, Set<GroupPrincipal>> groups = new RecentLookups<>(Duration.ofMinutes(1),
			MAX_KEPT_GROUPS, (numbers) -> numbers.size() + 1);

	private final RecentLookups<UserPrincipal, GroupNumbers> memberships = new RecentLookups<>(Duration.ofSeconds(10),
			MAX_KEPT_USERS, (user) -> 1);

	/**
	 * Create an instance.
	 * @param lists the directory of the lists of users and groups
	 */
	public Accounts(Path lists) {
		this.lists = new AccountLists(lists);
	}

	/**
	 * Return the accounts of this system.
	 * @return the accounts
	 */
	public static Accounts shared() {
		return SHARED;
	}

	/**
	 * Find a user.
	 * @param uid the number of the user
	 * @return the user, under its name if it is known
	 * @throws IOException if this system knows no users
	 */
	public UserPrincipal user(long uid) throws IOException {
		return named(lookup()::lookupPrincipalByName, (int) uid, this.lists.userName((int) uid));
	}

	/**
	 * Find a group.
	 * @param gid the number of the group
	 * @return the group, under its name if it is known
	 * @throws IOException if this system knows no groups
	 */
	public GroupPrincipal group(long gid) throws IOException {
		return named(lookup()::lookupPrincipalByGroupName, (int) gid,
				this.lists.groupNames(IntStream.of((int) gid)).get((int) gid));
	}

	/**
	 * Find groups.
	 * @param numbers their numbers
	 * @return the groups, unmodifiable; without those for which a directory service
	 * failed
	 */
	Set<GroupPrincipal> groups(GroupNumbers numbers) {
		Set<GroupPrincipal> found = this.groups.get(numbers);
		return (found != null) ? found : lookUp(numbers);
	}

	private Set<GroupPrincipal> lookUp(GroupNumbers numbers) {
		Map<Integer, String> names = this.lists.groupNames(numbers.stream());
		Set<GroupPrincipal> principals = new LinkedHashSet<>();
		numbers.stream().forEach((gid) -> {
			try {
				principals.add(named(lookup()::lookupPrincipalByGroupName, gid, names.get(gid)));
			}
			catch (IOException | UnsupportedOperationException ex) {
				logger.debug("The group " + Integer.toUnsignedString(gid) + " cannot be looked up", ex);
			}
		});
		Set<GroupPrincipal> found = Collections.unmodifiableSet(principals);
		if (found.size() == numbers.size()) {
			this.groups.put(numbers, found);
		}
		return found;
	}

	/**
	 * Return the numbers of groups, as one and the same object for equal ones while they
	 * are in use.
	 * @param numbers the numbers
	 * @return equal numbers
	 */
	GroupNumbers shared(GroupNumbers numbers) {
		return this.groups.intern(numbers);
	}

	/**
	 * Return the groups that a user gets at its next login, according to the local lists.
	 * @param user the user
	 * @return the numbers of the groups, none if the lists do not have the user
	 */
	GroupNumbers groupsOf(UserPrincipal user) {
		GroupNumbers found = this.memberships.get(user);
		if (found == null) {
			found = hasThatName(user) ? this.lists.groupsOf(user.getName()) : GroupNumbers.NONE;
			this.memberships.put(user, found);
		}
		return found;
	}

	/** The number of a user without a name may be the name of another. */
	private static boolean hasThatName(UserPrincipal user) {
		try {
			return user.equals(lookup().lookupPrincipalByName(user.getName()));
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("The user " + user.getName() + " cannot be looked up", ex);
			return false;
		}
	}

	private static UserPrincipalLookupService lookup() {
		return FileSystems.getDefault().getUserPrincipalLookupService();
	}

	/** The JDK takes numbers above that of an int in their negative form only. */
	private static <P extends UserPrincipal> P named(Lookup<P> lookup, int number, @Nullable String name)
			throws IOException {
		P byNumber = lookup.find(Integer.toString(number));
		if (name == null) {
			return byNumber;
		}
		try {
			P byName = lookup.find(name);
			// the list is not the only source of names
			return byName.equals(byNumber) ? byName : byNumber;
		}
		catch (UserPrincipalNotFoundException ex) {
			return byNumber;
		}
	}

	/**
	 * How to look up the principal of a name or a number.
	 *
	 * @param <P> the type of principal
	 */
	@FunctionalInterface
	private interface Lookup<P> {

		P find(String nameOrNumber) throws IOException;

	}

}
