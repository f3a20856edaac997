package io.github.udsboot.security;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.PeerCredentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AllowListPeerAuthorizerTests {

	private static final UserPrincipalLookupService LOOKUP = FileSystems.getDefault().getUserPrincipalLookupService();

	@TempDir
	Path directory;

	@Test
	void userIsAllowedByName() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of("nobody"), List.of());
		assertThat(authorizer.isAuthorized(connection("nobody", "0"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("12345", "0"))).isFalse();
	}

	@Test
	void userIsAllowedByNumber() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of("12345"), List.of());
		assertThat(authorizer.isAuthorized(connection("12345", "0"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("12346", "0"))).isFalse();
	}

	@Test
	void groupIsAllowedByNameOrNumber() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of(), List.of("daemon", "12345"));
		assertThat(authorizer.isAuthorized(connection("12345", "daemon"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("1", "12345"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("12345", "12346"))).isFalse();
	}

	@Test
	void userOrGroupIsEnough() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of("12345"), List.of("12345"));
		assertThat(authorizer.isAuthorized(connection("12345", "1"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("1", "12345"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("1", "1"))).isFalse();
	}

	@Test
	void numbersOfTheTransportCountWhereItsPrincipalsAreForeign() {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of("12345"), List.of("4294967294"));
		Foreign foreign = new Foreign("nobody");
		assertThat(authorizer.isAuthorized(connectionOf(foreign, foreign, null, 12345L, 1L))).isTrue();
		assertThat(authorizer.isAuthorized(connectionOf(foreign, foreign, null, 1L, 4294967294L))).isTrue();
		assertThat(authorizer.isAuthorized(connectionOf(foreign, foreign, null, 4294967294L, 12345L))).isFalse();
		assertThat(authorizer.isAuthorized(connectionOf(foreign, foreign, null, null, null))).isFalse();
	}

	@Test
	void rootIsNotImplied() throws IOException {
		assertThat(AllowListPeerAuthorizer.of(List.of("nobody"), List.of()).isAuthorized(connection("root", "root")))
			.isFalse();
		assertThat(AllowListPeerAuthorizer.of(List.of("root"), List.of()).isAuthorized(connection("0", "0"))).isTrue();
	}

	@Test
	void unknownNameFailsWithARemedy() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> AllowListPeerAuthorizer.of(List.of("no-such-user"), List.of()))
			.withMessageContaining("Unknown user 'no-such-user'")
			.withMessageContaining("allowed users")
			.withMessageContaining("give its number");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> AllowListPeerAuthorizer.of(List.of(), List.of("no-such-group")))
			.withMessageContaining("Unknown group 'no-such-group'");
		assertThatIllegalArgumentException().isThrownBy(() -> AllowListPeerAuthorizer.of(List.of(""), List.of()));
	}

	@Test
	void emptyListFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> AllowListPeerAuthorizer.of(List.of(), List.of()))
			.withMessageContaining("no peer could call");
	}

	@Test
	void ownUserAndRootAreAuthorizedForAbstractNames() throws IOException {
		PosixFileAttributes own = Files.readAttributes(Files.createFile(this.directory.resolve("own")),
				PosixFileAttributes.class);
		PeerAuthorizer authorizer = PeerAuthorizer.ownUserAndRoot();
		assertThat(authorizer.isAuthorized(connectionOf(own.owner(), own.group(), null, null, null))).isTrue();
		assertThat(authorizer.isAuthorized(connection("root", "root"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("12345", "0"))).isFalse();
	}

	@Test
	void everybodyIsAuthorizedWhenTheModeDecides() throws IOException {
		assertThat(PeerAuthorizer.acceptAll().isAuthorized(connection("12345", "12345"))).isTrue();
	}

	private static PeerConnection connection(String user, String group) throws IOException {
		return connectionOf(LOOKUP.lookupPrincipalByName(user), LOOKUP.lookupPrincipalByGroupName(group), null, null,
				null);
	}

	private static PeerConnection connectionOf(UserPrincipal user, GroupPrincipal group, Long pid, Long uid, Long gid) {
		return new PeerConnection("test", "/run/test.sock", new PeerCredentials(user, group, pid, uid, gid));
	}

	private record Foreign(String name) implements UserPrincipal, GroupPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
