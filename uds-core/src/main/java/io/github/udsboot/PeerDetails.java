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
	 * Return the process of the peer.
	 * @return the process, {@code null} if it cannot be told
	 */
	@Nullable PeerProcess process();

}
