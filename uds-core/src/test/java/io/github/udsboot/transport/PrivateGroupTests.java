package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Groups that have no member but one user.
 */
class PrivateGroupTests {

	private static final String USERS = """
			root:x:0:0:root:/root:/bin/bash
			ann:x:1000:1000:Ann:/home/ann:/bin/bash
			bob:x:1001:1001:Bob:/home/bob:/bin/bash
			guest:x:1002:1001::/:/bin/false
			cid:x:1003:1003::/home/cid:/bin/bash
			dan:x:1004:1004::/home/dan:/bin/bash
			""";

	private static final String GROUPS = """
			root:x:0:
			ann:x:1000:
			bob:x:1001:
			staff:x:50:ann
			cid:x:1003:cid
			dan:x:1004:dan,ann
			+::
			""";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "1000, 1000, true", "1003, 1003, true", "0, 0, true", "1000, 1001, false", "0, 1000, false",
			"1001, 1001, false", "1004, 1004, false", "50, 1000, false", "3000, 3000, false" })
	void aGroupIsPrivateIfItIsTheFirstOneOfOneUserAndHasNoOtherMembers(int gid, int uid, boolean isPrivate)
			throws IOException {
		PrivateGroup groups = new PrivateGroup(Files.writeString(this.directory.resolve("passwd"), USERS),
				Files.writeString(this.directory.resolve("group"), GROUPS));
		assertThat(groups.isOf(gid, uid)).isEqualTo(isPrivate);
	}

	@ParameterizedTest
	@CsvSource({ "passwd", "group" })
	void whatCannotBeReadIsNotBelieved(String missing) throws IOException {
		PrivateGroup groups = new PrivateGroup(Files.writeString(this.directory.resolve("passwd"), USERS),
				Files.writeString(this.directory.resolve("group"), GROUPS));
		assertThat(groups.isOf(1000, 1000)).isTrue();
		Files.delete(this.directory.resolve(missing));
		assertThat(groups.isOf(1000, 1000)).isFalse();
	}

}
