package io.github.udsboot.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerDetails;
import io.github.udsboot.PeerProcess;

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
			.withMessageContaining("the list of users")
			.withMessageContaining("give its number");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> AllowListPeerAuthorizer.of(List.of(), List.of("no-such-group")))
			.withMessageContaining("Unknown group 'no-such-group'");
		assertThatIllegalArgumentException().isThrownBy(() -> AllowListPeerAuthorizer.of(List.of("-1"), List.of()))
			.withMessageContaining("Unknown user '-1'")
			.withMessageContaining("not negative");
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

	@Test
	void supplementaryGroupIsAllowedByNameOrNumber() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of(), List.of("daemon", "12345", "4294967294"));
		for (long group : new long[] { daemon(), 12345, 4_294_967_294L }) {
			assertThat(authorizer.isAuthorized(connection("12345", "0", new Groups(7L, group)))).isTrue();
		}
		assertThat(authorizer.isAuthorized(connection("12345", "0", new Groups(7L, 12346L)))).isFalse();
		assertThat(authorizer.isAuthorized(connection("12345", "0", new Groups()))).isFalse();
	}

	@Test
	void numbersAboveThatOfAnIntAreAllowed() throws IOException {
		PeerAuthorizer authorizer = AllowListPeerAuthorizer.of(List.of("4000000000"), List.of("4000000001"));
		assertThat(authorizer.isAuthorized(connection("-294967296", "0"))).as("as the JDK has it").isTrue();
		assertThat(authorizer.isAuthorized(connection("0", "-294967295"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("0", "0"))).isFalse();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> AllowListPeerAuthorizer.of(List.of("4294967295"), List.of()))
			.withMessageContaining("Unknown user '4294967295'");
	}

	@Test
	void supplementaryGroupsAreLookedUpOnlyIfTheyDecide() throws IOException {
		Groups unneeded = new Groups(daemon());
		PeerAuthorizer users = AllowListPeerAuthorizer.of(List.of("12345"), List.of());
		assertThat(users.isAuthorized(connection("12345", "0", unneeded))).isTrue();
		assertThat(users.isAuthorized(connection("12346", "0", unneeded))).isFalse();
		PeerAuthorizer both = AllowListPeerAuthorizer.of(List.of("12345"), List.of("daemon"));
		assertThat(both.isAuthorized(connection("12345", "0", unneeded))).isTrue();
		assertThat(both.isAuthorized(connection("12346", "daemon", unneeded))).isTrue();
		assertThat(unneeded.lookups).hasValue(0);
		assertThat(both.isAuthorized(connection("12346", "0", unneeded))).isTrue();
		assertThat(unneeded.lookups).hasPositiveValue();
	}

	@Test
	void inANamespaceThatDoesNotMapAllUsersNobodyMayBeAnybody() throws IOException {
		PeerAuthorizer authorizer = new AllowListPeerAuthorizer(List.of("65534", "nobody", "12345"),
				List.of("65534", "daemon"), namespace("0 1000 65536\n"), AllowListPeerAuthorizer::numberOfGroup);
		assertThat(authorizer.isAuthorized(connection("nobody", "0"))).isFalse();
		assertThat(authorizer.isAuthorized(connection("0", "65534"))).isFalse();
		assertThat(authorizer.isAuthorized(connection("0", "0", new Groups(65534L)))).isFalse();
		Foreign foreign = new Foreign("nobody");
		assertThat(authorizer.isAuthorized(connectionOf(foreign, foreign, null, 65534L, 65534L))).isFalse();
		assertThat(authorizer.isAuthorized(connection("12345", "65534"))).as("a user who is known").isTrue();
		assertThat(authorizer.isAuthorized(connection("nobody", "daemon"))).as("a group that is known").isTrue();
		assertThat(authorizer.isAuthorized(connection("nobody", "65534", new Groups(65534L, daemon())))).isTrue();
	}

	@Test
	void groupOfWhichTheNumberIsNotFoundIsComparedItself() throws IOException {
		PeerAuthorizer authorizer = new AllowListPeerAuthorizer(List.of(), List.of("daemon", "65534"),
				namespace("0 1000 65536\n"), (group) -> null);
		assertThat(authorizer.isAuthorized(connection("12345", "0", new NamedGroups("root", "daemon")))).isTrue();
		assertThat(authorizer.isAuthorized(connection("12345", "0", new NamedGroups("root", "65534")))).isFalse();
		assertThat(authorizer.isAuthorized(connection("12345", "0", new NamedGroups()))).isFalse();
	}

	@Test
	void inTheInitialNamespaceNobodyIsAUser() throws IOException {
		PeerAuthorizer authorizer = new AllowListPeerAuthorizer(List.of("nobody"), List.of("65534"),
				namespace("0 0 4294967295\n"), AllowListPeerAuthorizer::numberOfGroup);
		assertThat(authorizer.isAuthorized(connection("nobody", "0"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("0", "65534"))).isTrue();
		assertThat(authorizer.isAuthorized(connection("0", "0", new Groups(65534L)))).isTrue();
	}

	private static Long daemon() throws IOException {
		return AllowListPeerAuthorizer.numberOfGroup(LOOKUP.lookupPrincipalByGroupName("daemon"));
	}

	private UserNamespace namespace(String map) throws IOException {
		for (String file : List.of("uid_map", "gid_map")) {
			Files.writeString(this.directory.resolve(file), map);
		}
		return new UserNamespace(this.directory, this.directory);
	}

	private static PeerConnection connection(String user, String group, PeerDetails details) throws IOException {
		return new PeerConnection("test", "/run/test.sock", new PeerCredentials(LOOKUP.lookupPrincipalByName(user),
				LOOKUP.lookupPrincipalByGroupName(group), null, null, null, details));
	}

	private static PeerConnection connection(String user, String group) throws IOException {
		return connectionOf(LOOKUP.lookupPrincipalByName(user), LOOKUP.lookupPrincipalByGroupName(group), null, null,
				null);
	}

	private static PeerConnection connectionOf(UserPrincipal user, GroupPrincipal group, Long pid, Long uid, Long gid) {
		return new PeerConnection("test", "/run/test.sock", new PeerCredentials(user, group, pid, uid, gid));
	}

	private record NamedGroups(String... names) implements PeerDetails {

		@Override
		public Set<GroupPrincipal> supplementaryGroups() {
			Set<GroupPrincipal> groups = new HashSet<>();
			for (String name : this.names) {
				try {
					groups.add(LOOKUP.lookupPrincipalByGroupName(name));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}
			return groups;
		}

		@Override
		public PeerProcess process() {
			return null;
		}

	}

	private static final class Groups implements PeerDetails {

		private final AtomicInteger lookups = new AtomicInteger();

		private final Set<Long> numbers;

		Groups(Long... numbers) {
			this.numbers = Set.of(numbers);
		}

		@Override
		public Set<GroupPrincipal> supplementaryGroups() {
			throw new IllegalStateException("costs more than to ask for a number");
		}

		@Override
		public boolean isInGroup(long gid) {
			this.lookups.incrementAndGet();
			return this.numbers.contains(gid);
		}

		@Override
		public PeerProcess process() {
			throw new IllegalStateException("is of no interest");
		}

	}

	private record Foreign(String name) implements UserPrincipal, GroupPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
