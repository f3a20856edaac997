package io.github.udsboot.springsecurity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

import io.github.udsboot.PeerCredentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UdsPeerAuthenticationTests {

	private static final UdsPeerAuthenticationDetails DETAILS = new UdsPeerAuthenticationDetails("admin");

	private final PeerCredentials peer = Peers.peer("ada", "staff");

	private final UdsPeerAuthentication authentication = new UdsPeerAuthentication(this.peer, DETAILS,
			new UnixAuthoritiesMapper());

	@Test
	void itSaysWhoCallsAndWhere() {
		assertThat(this.authentication.getPrincipal()).isSameAs(this.peer);
		assertThat(this.authentication.getName()).isEqualTo("ada");
		assertThat(this.authentication.getDetails()).isEqualTo(DETAILS);
		assertThat(this.authentication.getCredentials()).isNull();
		assertThat(this.authentication.isAuthenticated()).isTrue();
		assertThat(AuthorityUtils.authorityListToSet(this.authentication.getAuthorities()))
			.containsExactlyInAnyOrder("UNIX_USER_ada", "UNIX_GROUP_staff");
	}

	@Test
	void itCannotBeChanged() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.authentication.setAuthenticated(false))
			.withMessageContaining("toBuilder()");
		assertThat(this.authentication.isAuthenticated()).isTrue();
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.authentication.getAuthorities().clear());
	}

	@Test
	void theAuthoritiesAreMappedOnceAndOnlyIfTheyAreAskedFor() {
		AtomicInteger calls = new AtomicInteger();
		UdsPeerAuthentication lazy = new UdsPeerAuthentication(this.peer, DETAILS, (peer) -> {
			calls.incrementAndGet();
			return List.of(new SimpleGrantedAuthority("A"));
		});
		assertThat(lazy.toString()).contains("ada", "admin").doesNotContain("authorities");
		assertThat(lazy.getName()).isEqualTo("ada");
		assertThat(lazy.hashCode()).isEqualTo(lazy.hashCode());
		assertThat(calls).hasValue(0);
		assertThat(lazy.getAuthorities()).isSameAs(lazy.getAuthorities()).hasSize(1);
		assertThat(calls).hasValue(1);
		assertThat(lazy.toString()).contains("authorities=[A]");
	}

	@Test
	void aMapperThatFailsIsAskedAgain() {
		AtomicInteger calls = new AtomicInteger();
		UdsPeerAuthentication lazy = new UdsPeerAuthentication(this.peer, DETAILS, (peer) -> {
			if (calls.incrementAndGet() == 1) {
				throw new IllegalStateException("expected by the test");
			}
			return List.of();
		});
		assertThatIllegalStateException().isThrownBy(lazy::getAuthorities);
		assertThat(lazy.getAuthorities()).isEmpty();
	}

	@Test
	void aBuilderMakesAnotherOneOfTheSamePeer() {
		GrantedAuthority more = new SimpleGrantedAuthority("MORE");
		UdsPeerAuthentication built = this.authentication.toBuilder()
			.authorities((authorities) -> authorities.add(more))
			.build();
		assertThat(built.getPrincipal()).isSameAs(this.peer);
		assertThat(built.getDetails()).isEqualTo(DETAILS);
		assertThat(AuthorityUtils.authorityListToSet(built.getAuthorities())).contains("MORE", "UNIX_USER_ada");
		assertThat(AuthorityUtils.authorityListToSet(this.authentication.getAuthorities())).doesNotContain("MORE");
		assertThat(built).isNotEqualTo(this.authentication);
		assertThat(this.authentication.toBuilder().build()).isEqualTo(this.authentication)
			.hasSameHashCodeAs(this.authentication);
		assertThat(this.authentication.toBuilder().authenticated(false).details("x").build())
			.satisfies((other) -> assertThat(other.isAuthenticated()).isFalse())
			.satisfies((other) -> assertThat(other.getDetails()).isEqualTo("x"));
	}

	@Test
	void aBuilderTakesPeersOnly() {
		PeerCredentials other = Peers.peer("bob");
		assertThat(this.authentication.toBuilder().principal(other).build().getName()).isEqualTo("bob");
		Authentication.Builder<?> builder = this.authentication.toBuilder();
		assertThatIllegalArgumentException().isThrownBy(() -> builder.principal("bob"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> builder.credentials("secret"));
	}

	@Test
	void itCannotBeSerialized() throws IOException {
		try (ObjectOutputStream stream = new ObjectOutputStream(new ByteArrayOutputStream())) {
			assertThatExceptionOfType(NotSerializableException.class)
				.isThrownBy(() -> stream.writeObject(this.authentication))
				.withMessageContaining("ends with its connection");
		}
	}

}
