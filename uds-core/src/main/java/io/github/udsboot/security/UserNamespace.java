package io.github.udsboot.security;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

import org.jspecify.annotations.Nullable;

/**
 * The user namespace of this process. It need not have a number for every user of the
 * system: all those that it has none for appear as one and the same user, the overflow
 * user, who is {@code nobody} by default. So with such a namespace that number says
 * nothing. The same is true of groups. Immutable.
 */
final class UserNamespace {

	private static final UserNamespace OWN = new UserNamespace(Path.of("/proc/self"), Path.of("/proc/sys/kernel"));

	/** All but the one that means none. */
	private static final long ALL = 0xFFFF_FFFFL;

	private static final long DEFAULT_OVERFLOW = 65534;

	private final @Nullable Long unmappedUser;

	private final @Nullable Long unmappedGroup;

	/**
	 * Look at a namespace.
	 * @param self the directory of a process in it
	 * @param kernel the directory of the kernel's settings
	 */
	UserNamespace(Path self, Path kernel) {
		this.unmappedUser = isComplete(self.resolve("uid_map")) ? null : overflow(kernel.resolve("overflowuid"));
		this.unmappedGroup = isComplete(self.resolve("gid_map")) ? null : overflow(kernel.resolve("overflowgid"));
	}

	static UserNamespace own() {
		return OWN;
	}

	/** Return whether a user may be any that has no number here. */
	boolean mayBeAnyUser(UserPrincipal user, @Nullable Long uid) {
		return isOverflow(this.unmappedUser, user, uid,
				FileSystems.getDefault().getUserPrincipalLookupService()::lookupPrincipalByName);
	}

	/** Return whether a group may be any that has no number here. */
	boolean mayBeAnyGroup(UserPrincipal group, @Nullable Long gid) {
		return isOverflow(this.unmappedGroup, group, gid,
				FileSystems.getDefault().getUserPrincipalLookupService()::lookupPrincipalByGroupName);
	}

	/** Return whether the number of a group says nothing. */
	boolean mayBeAnyGroup(long gid) {
		return this.unmappedGroup != null && this.unmappedGroup == gid;
	}

	private static boolean isOverflow(@Nullable Long overflow, UserPrincipal principal, @Nullable Long number,
			Lookup lookup) {
		if (overflow == null) {
			return false;
		}
		if (number != null) {
			return number.equals(overflow);
		}
		try {
			return lookup.find(Integer.toString(overflow.intValue())).equals(principal);
		}
		catch (IOException | UnsupportedOperationException ex) {
			// without a way to tell it may be any
			return true;
		}
	}

	/** Lines are the first number here, the first number there, and how many follow. */
	private static boolean isComplete(Path map) {
		if (!Files.exists(map)) {
			// there are no user namespaces, if this is Linux at all
			return true;
		}
		try {
			long mapped = 0;
			for (String line : read(map).split("\n")) {
				mapped += Long.parseLong(line.strip().split("\\s+")[2]);
			}
			return mapped >= ALL;
		}
		catch (IOException | IndexOutOfBoundsException | NumberFormatException ex) {
			// no line at all, for example: nothing is mapped
			return false;
		}
	}

	/** Not through a channel, which an interrupt would close. */
	private static String read(Path file) throws IOException {
		try (InputStream input = new FileInputStream(file.toFile())) {
			return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	private static long overflow(Path setting) {
		try {
			return Long.parseLong(read(setting).strip());
		}
		catch (IOException | NumberFormatException ex) {
			return DEFAULT_OVERFLOW;
		}
	}

	/**
	 * How to look up the principal of a number.
	 */
	@FunctionalInterface
	private interface Lookup {

		UserPrincipal find(String number) throws IOException;

	}

}
