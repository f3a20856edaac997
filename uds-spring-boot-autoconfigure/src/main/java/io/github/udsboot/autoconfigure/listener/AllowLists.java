package io.github.udsboot.autoconfigure.listener;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.autoconfigure.UdsListenerProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.security.AllowListPeerAuthorizer;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.UdsAddress;

/**
 * Makes authorizers of the allow-lists in the properties.
 */
final class AllowLists {

	private AllowLists() {
	}

	/**
	 * Return the authorizer of a listener. A list that is set but empty, for instance by
	 * a placeholder that resolves to nothing, must not open the socket to every user.
	 * @param properties the properties of the listener
	 * @param values reports what cannot be accepted
	 * @return the authorizer, {@code null} if there is no list
	 */
	static @Nullable PeerAuthorizer map(UdsListenerProperties properties, ConfiguredValues values) {
		List<String> users = properties.getAllowedUsers();
		List<String> groups = properties.getAllowedGroups();
		if (users == null && groups == null) {
			return null;
		}
		Collection<String> allowedUsers = new ArrayList<>();
		Collection<String> allowedGroups = new ArrayList<>();
		// Each list by itself first, so that an unknown name is reported under the right
		// property
		if (users != null && (!users.isEmpty() || groups == null || groups.isEmpty())) {
			values.convert("allowed-users", users, (names) -> AllowListPeerAuthorizer.of(names, List.of()));
			allowedUsers.addAll(users);
		}
		if (groups != null && (!groups.isEmpty() || users == null)) {
			values.convert("allowed-groups", groups, (names) -> AllowListPeerAuthorizer.of(List.of(), names));
			allowedGroups.addAll(groups);
		}
		return AllowListPeerAuthorizer.of(allowedUsers, allowedGroups);
	}

	/**
	 * Return who decides where there is no list.
	 * @param address the address of the listener
	 * @return an authorizer that leaves the decision to the mode of a path, and for an
	 * abstract name, which has none, accepts the own user and root
	 */
	static PeerAuthorizer withoutList(UdsAddress address) {
		return address.isAbstract() ? PeerAuthorizer.ownUserAndRoot() : PeerAuthorizer.acceptAll();
	}

}
