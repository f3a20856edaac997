package io.github.udsboot;

import java.nio.file.attribute.GroupPrincipal;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a transport finds out about a peer only when it is asked for. Must be thread-safe,
 * and keep what it has found.
 */
public interface PeerDetails {

	/**
	 * Return the groups of the peer other than its primary group.
	 * @return the supplementary groups, in no particular order; empty if there are none
	 * or they cannot be told
	 */
	Set<GroupPrincipal> supplementaryGroups();

	/**
	 * Return whether a number is that of a supplementary group. Other than
	 * {@link #supplementaryGroups()}, this asks no directory service for names.
	 * @param gid the number
	 * @return whether the peer is in the group; by default, as far as the names of groups
	 * without a name tell
	 */
	default boolean isInGroup(long gid) {
		String number = Long.toString(gid);
		return supplementaryGroups().stream().anyMatch((group) -> group.getName().equals(number));
	}

	/**
	 * Return the process of the peer.
	 * @return the process, {@code null} if it cannot be told
	 */
	@Nullable PeerProcess process();

}
