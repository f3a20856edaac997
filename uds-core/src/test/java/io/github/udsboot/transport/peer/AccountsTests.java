package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the local lists say of users and groups, and what is believed of it.
 */
class AccountsTests {

	private static final UserPrincipalLookupService LOOKUP = FileSystems.getDefault().getUserPrincipalLookupService();

	@TempDir
	private Path directory;

	private Accounts accounts;

	@BeforeEach
	void create() {
		this.accounts = new Accounts(this.directory);
	}

	@Test
	void groupsOfAUserAreItsFirstAndThoseThatHaveItAsAMember() throws IOException {
		list("passwd", "root:x:0:5::/:", "daemon:x:1:1::/:");
		list("group", "a:x:11:root", "b:x:12:daemon,root", "c:x:13:daemon", "d:x:14:", "# root", "e:x:4000000000:root",
				"broken:x:y:root", "short:root", "f:x:15:rooted,not root");
		assertThat(this.accounts.groupsOf(LOOKUP.lookupPrincipalByName("root")))
			.isEqualTo(numbers(5, 11, 12, (int) 4_000_000_000L));
	}

	@Test
	void nameThatIsAnothersOrNobodysIsNotLookedFor() throws IOException {
		list("passwd", "root:x:0:5::/:", "no-such-user:x:1:5::/:");
		list("group", "a:x:11:root,no-such-user");
		assertThat(this.accounts.groupsOf(new Named("root"))).isEqualTo(GroupNumbers.NONE);
		assertThat(this.accounts.groupsOf(new Named("no-such-user"))).isEqualTo(GroupNumbers.NONE);
	}

	@Test
	void withoutListsThereAreNumbersOnly() throws IOException {
		assertThat(this.accounts.groupsOf(LOOKUP.lookupPrincipalByName("root"))).isEqualTo(GroupNumbers.NONE);
		assertThat(this.accounts.user(0)).isEqualTo(LOOKUP.lookupPrincipalByName("root"));
		assertThat(this.accounts.group(0)).isEqualTo(LOOKUP.lookupPrincipalByGroupName("root"));
	}

	@Test
	void numbersAboveThatOfAnIntAreFound() throws IOException {
		assertThat(this.accounts.user(4_000_000_000L)).isEqualTo(LOOKUP.lookupPrincipalByName("-294967296"));
		assertThat(this.accounts.group(4_294_967_294L)).isEqualTo(LOOKUP.lookupPrincipalByGroupName("-2"));
	}

	@Test
	void groupsEqualThoseThatTheSystemFindsAndHaveTheirNames() throws IOException {
		list("group", "root:x:0:", "daemon:x:77:", "no-group-of-this-name:x:78:");
		Set<GroupPrincipal> groups = this.accounts.groups(numbers(0, 77, 78, 1_234_567));
		assertThat(groups).containsExactlyInAnyOrder(LOOKUP.lookupPrincipalByGroupName("root"),
				LOOKUP.lookupPrincipalByGroupName("77"), LOOKUP.lookupPrincipalByGroupName("78"),
				LOOKUP.lookupPrincipalByGroupName("1234567"));
		assertThat(groups).extracting(GroupPrincipal::getName).containsExactlyInAnyOrder("root", "77", "78", "1234567");
	}

	@Test
	void equalSetsOfGroupsAreShared() {
		GroupNumbers first = numbers(1, 2, 3);
		Set<GroupPrincipal> groups = this.accounts.groups(first);
		assertThat(this.accounts.groups(numbers(3, 2, 1))).isSameAs(groups);
		assertThat(this.accounts.shared(numbers(3, 2, 1))).isSameAs(first);
	}

	@Test
	void numbersAreWhatTheyAre() {
		GroupNumbers groups = numbers(5, 0, (int) 4_000_000_000L, 5);
		assertThat(groups.size()).isEqualTo(3);
		assertThat(groups.contains(5L)).isTrue();
		assertThat(groups.contains(0L)).isTrue();
		assertThat(groups.contains(4_000_000_000L)).isTrue();
		assertThat(groups.contains(-294_967_296L)).isFalse();
		assertThat(groups.contains(4_294_967_301L)).as("5 more than fits").isFalse();
		assertThat(groups.contains(6L)).isFalse();
	}

	private static GroupNumbers numbers(int... numbers) {
		return GroupNumbers.of(IntStream.of(numbers));
	}

	private void list(String name, String... lines) throws IOException {
		Files.write(this.directory.resolve(name), List.of(lines));
	}

	private record Named(String name) implements UserPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
