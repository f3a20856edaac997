package io.github.udsboot.springsecurity;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.security.core.GrantedAuthority;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

class UnixAuthoritiesMapperTests {

	private static List<String> map(UnixAuthoritiesMapper mapper, PeerCredentials peer) {
		Stream<? extends GrantedAuthority> authorities = mapper.mapAuthorities(peer).stream();
		return authorities.map(GrantedAuthority::getAuthority).toList();
	}

	@Test
	void userAndAllGroupsAreAuthorities() {
		assertThat(map(new UnixAuthoritiesMapper(), Peers.peer("ada", "staff", "ops", "1234")))
			.containsExactlyInAnyOrder("UNIX_USER_ada", "UNIX_GROUP_staff", "UNIX_GROUP_ops", "UNIX_GROUP_1234");
	}

	@Test
	void aUserWithoutANameHasItsNumber() {
		assertThat(map(new UnixAuthoritiesMapper(), Peers.peer("65534", "65534"))).containsExactly("UNIX_USER_65534",
				"UNIX_GROUP_65534");
	}

	@Test
	void aUnitOfTheSystemIsAnAuthorityAndOneOfTheUserIsNot() {
		PeerProcess process = new PeerProcess(7, "nginx.service", "mine.service", null);
		assertThat(map(new UnixAuthoritiesMapper(), Peers.peer("ada", process, "ada"))).containsExactly("UNIX_USER_ada",
				"UNIX_GROUP_ada", "UNIX_UNIT_nginx.service");
		assertThat(map(new UnixAuthoritiesMapper(),
				Peers.peer("ada", new PeerProcess(7, null, "mine.service", "c0ffee"), "ada")))
			.containsExactly("UNIX_USER_ada", "UNIX_GROUP_ada");
	}

	@Test
	void rolesGoToTheirMembers() {
		UnixAuthoritiesMapper mapper = new UnixAuthoritiesMapper(
				Map.of("ADMIN", (peer) -> peer.getName().equals("ada"), "OPS", (peer) -> peer.groups().size() > 1));
		assertThat(map(mapper, Peers.peer("ada"))).contains("ROLE_ADMIN").doesNotContain("ROLE_OPS");
		assertThat(map(mapper, Peers.peer("bob", "x", "y"))).contains("ROLE_OPS").doesNotContain("ROLE_ADMIN");
	}

}
