package io.github.udsboot.springsecurity;

import java.nio.file.attribute.GroupPrincipal;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.PeerProcess;

/**
 * Gives a peer the authorities {@code UNIX_USER_<user>}, {@code UNIX_GROUP_<group>} for
 * each of its groups, {@code UNIX_UNIT_<unit>} for the unit of systemd's system manager
 * that it belongs to, where that can be told, and roles. A user or group without a name
 * has its number there. Immutable and thread-safe.
 */
public final class UnixAuthoritiesMapper implements PeerAuthoritiesMapper {

	/** Precedes the name of the peer's user. */
	public static final String USER_PREFIX = "UNIX_USER_";

	/** Precedes the name of a group. */
	public static final String GROUP_PREFIX = "UNIX_GROUP_";

	/** Precedes the name of a systemd unit. */
	public static final String UNIT_PREFIX = "UNIX_UNIT_";

	private static final String ROLE_PREFIX = "ROLE_";

	private final Map<GrantedAuthority, Predicate<PeerCredentials>> roles;

	/**
	 * Create a mapper without roles.
	 */
	public UnixAuthoritiesMapper() {
		this(Map.of());
	}

	/**
	 * Create a mapper.
	 * @param roles says for each role, named without {@code ROLE_}, which peers have it
	 */
	public UnixAuthoritiesMapper(Map<String, Predicate<PeerCredentials>> roles) {
		this.roles = roles.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap((role) -> new SimpleGrantedAuthority(ROLE_PREFIX + role.getKey()),
					Map.Entry::getValue));
	}

	@Override
	public Collection<? extends GrantedAuthority> mapAuthorities(PeerIdentity peer) {
		Set<GrantedAuthority> authorities = new LinkedHashSet<>();
		// Who is known on the word of a relay only must not get the relay's authorities
		if (peer instanceof PeerCredentials credentials) {
			addAuthorities(credentials, authorities);
		}
		return authorities;
	}

	private void addAuthorities(PeerCredentials peer, Set<GrantedAuthority> authorities) {
		authorities.add(new SimpleGrantedAuthority(USER_PREFIX + peer.user().getName()));
		for (GroupPrincipal group : peer.groups()) {
			authorities.add(new SimpleGrantedAuthority(GROUP_PREFIX + group.getName()));
		}
		PeerProcess process = peer.process();
		String unit = (process != null) ? process.unit() : null;
		if (unit != null) {
			authorities.add(new SimpleGrantedAuthority(UNIT_PREFIX + unit));
		}
		this.roles.forEach((role, members) -> {
			if (members.test(peer)) {
				authorities.add(role);
			}
		});
	}

}
