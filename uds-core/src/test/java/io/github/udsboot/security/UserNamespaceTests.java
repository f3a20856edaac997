package io.github.udsboot.security;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether the number of a user says who it is.
 */
class UserNamespaceTests {

	private static final UserPrincipalLookupService LOOKUP = FileSystems.getDefault().getUserPrincipalLookupService();

	private static final String ALL = "         0          0 4294967295\n";

	@TempDir
	private Path directory;

	@BeforeEach
	void initialNamespace() throws IOException {
		write("uid_map", ALL);
		write("gid_map", ALL);
		write("overflowuid", "65534\n");
		write("overflowgid", "65534\n");
	}

	@Test
	void whereEveryUserHasANumberNobodyIsAUser() throws IOException {
		assertThat(mayBeAnyUser(65534)).isFalse();
		assertThat(mayBeAnyGroup(65534)).isFalse();
		write("uid_map", "0 0 1000\n1000 70000 1\n1001 1001 4294966294\n");
		assertThat(mayBeAnyUser(65534)).as("in three parts").isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0 1000 1\n", "0 100000 65536\n", "0 0 4294967294\n", "garbage\n", "0 0\n" })
	void whereSomeHaveNoneTheOverflowUserMayBeAnyOfThem(String map) throws IOException {
		write("uid_map", map);
		assertThat(mayBeAnyUser(65534)).isTrue();
		assertThat(mayBeAnyUser(65533)).isFalse();
		assertThat(mayBeAnyGroup(65534)).as("groups have a map of their own").isFalse();
		write("gid_map", map);
		assertThat(mayBeAnyGroup(65534)).isTrue();
		assertThat(mayBeAnyGroup(65533)).isFalse();
	}

	@Test
	void theOverflowUserIsASetting() throws IOException {
		write("uid_map", "0 1000 1\n");
		write("gid_map", "0 1000 1\n");
		write("overflowuid", "4000000000\n");
		write("overflowgid", "99\n");
		assertThat(mayBeAnyUser(4_000_000_000L)).isTrue();
		assertThat(mayBeAnyUser(65534)).isFalse();
		assertThat(mayBeAnyGroup(99)).isTrue();
		Files.delete(this.directory.resolve("overflowuid"));
		assertThat(mayBeAnyUser(65534)).as("the default").isTrue();
	}

	@Test
	void withoutMapsThereAreNoNamespaces() throws IOException {
		Files.delete(this.directory.resolve("uid_map"));
		assertThat(mayBeAnyUser(65534)).isFalse();
		Files.createDirectory(this.directory.resolve("uid_map"));
		assertThat(mayBeAnyUser(65534)).as("unreadable").isTrue();
	}

	@Test
	void interruptDoesNotChangeTheAnswer() throws IOException {
		write("uid_map", "0 1000 1\n");
		Thread.currentThread().interrupt();
		UserNamespace namespace = new UserNamespace(this.directory, this.directory);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(namespace.mayBeAnyUser(() -> "x", 65534L)).isTrue();
		assertThat(namespace.mayBeAnyGroup(65534L)).isFalse();
	}

	private boolean mayBeAnyUser(long uid) throws IOException {
		UserNamespace namespace = new UserNamespace(this.directory, this.directory);
		boolean byNumber = namespace.mayBeAnyUser(() -> "unknown", uid);
		assertThat(namespace.mayBeAnyUser(LOOKUP.lookupPrincipalByName("" + (int) uid), null)).isEqualTo(byNumber);
		return byNumber;
	}

	private boolean mayBeAnyGroup(long gid) throws IOException {
		UserNamespace namespace = new UserNamespace(this.directory, this.directory);
		boolean byNumber = namespace.mayBeAnyGroup(gid);
		assertThat(namespace.mayBeAnyGroup(LOOKUP.lookupPrincipalByGroupName("" + (int) gid), null))
			.isEqualTo(byNumber);
		return byNumber;
	}

	private void write(String file, String text) throws IOException {
		Files.writeString(this.directory.resolve(file), text);
	}

}
