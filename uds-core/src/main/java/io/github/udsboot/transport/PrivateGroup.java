package io.github.udsboot.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;

/**
 * Tells whether a group is the private group of this user, as distributions give one to
 * every user together with the umask 0002, so that group permissions extend to no other
 * user. Uses the criterion of {@code sshd} in Debian: the user's first group, which is
 * the first group of no other user and has no other members. Anything that the local
 * files do not say is not assumed.
 */
final class PrivateGroup {

	private static final Log logger = GuardedLog.of(PrivateGroup.class);

	private static final PrivateGroup SYSTEM = new PrivateGroup(Path.of("/etc/passwd"), Path.of("/etc/group"));

	private static final int NUMBER = 2;

	private static final int LAST = 3;

	private final Path users;

	private final Path groups;

	PrivateGroup(Path users, Path groups) {
		this.users = users;
		this.groups = groups;
	}

	static PrivateGroup ofSystem() {
		return SYSTEM;
	}

	/**
	 * Examine a group.
	 * @param gid its number
	 * @param uid the number of a user
	 * @return whether it certainly has no member other than that user
	 */
	boolean isOf(int gid, int uid) {
		try {
			Set<String> names = new HashSet<>();
			for (String[] user : read(this.users)) {
				if (number(user[LAST]) == gid) {
					if (number(user[NUMBER]) != uid) {
						return false;
					}
					names.add(user[0]);
				}
			}
			return !names.isEmpty() && hasNoOtherMembers(gid, names);
		}
		catch (IOException | NumberFormatException ex) {
			logger.debug("The members of the group " + gid + " cannot be told", ex);
			return false;
		}
	}

	private boolean hasNoOtherMembers(int gid, Set<String> names) throws IOException {
		for (String[] group : read(this.groups)) {
			if (number(group[NUMBER]) == gid) {
				for (String member : group[LAST].split(",")) {
					if (!member.isBlank() && !names.contains(member.strip())) {
						return false;
					}
				}
			}
		}
		return true;
	}

	/** name:password:number:…; the rest differs. */
	private static List<String[]> read(Path file) throws IOException {
		try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
			return lines.lines()
				.map((line) -> line.split(":", -1))
				.filter((fields) -> fields.length > LAST && !fields[0].startsWith("#"))
				.toList();
		}
	}

	private static int number(String text) {
		return Integer.parseUnsignedInt(text);
	}

}
