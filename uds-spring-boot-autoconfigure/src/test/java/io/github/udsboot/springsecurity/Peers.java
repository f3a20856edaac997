package io.github.udsboot.springsecurity;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerDetails;
import io.github.udsboot.PeerProcess;

/**
 * Peers that no kernel knows.
 */
public final class Peers {

	private Peers() {
	}

	/**
	 * Make a peer up.
	 * @param user the name of its user
	 * @param groups the names of its groups, the primary one first
	 * @return the peer
	 */
	public static PeerCredentials peer(String user, String... groups) {
		return peer(user, null, groups);
	}

	static PeerCredentials peer(String user, @Nullable PeerProcess process, String... groups) {
		Set<GroupPrincipal> others = Arrays.stream(groups)
			.skip(1)
			.map(Principal::new)
			.collect(Collectors.toCollection(LinkedHashSet::new));
		return new PeerCredentials(new Principal(user), new Principal((groups.length > 0) ? groups[0] : user), null,
				null, null, new PeerDetails() {

					@Override
					public Set<GroupPrincipal> supplementaryGroups() {
						return others;
					}

					@Override
					public @Nullable PeerProcess process() {
						return process;
					}

				});
	}

	private record Principal(String name) implements UserPrincipal, GroupPrincipal {

		@Override
		public String getName() {
			return Objects.requireNonNull(this.name);
		}

	}

}
