package io.github.udsboot.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import com.sun.security.auth.module.UnixSystem;

/**
 * The user to whom files created by this process belong.
 */
final class ProcessUser {

	private static final Path STATUS = Path.of("/proc/self/status");

	private static final String UID = "Uid:";

	private ProcessUser() {
	}

	/**
	 * Return the numeric user id.
	 * @return the effective user id
	 */
	static int uid() {
		return Holder.UID;
	}

	/**
	 * Return the owner of a file, for messages.
	 * @param path the file
	 * @return the name, or a question mark if it cannot be determined
	 */
	static String ownerOf(Path path) {
		try {
			return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return "?";
		}
	}

	private static int find() {
		// The owner of /proc/self would be simpler, but is wrong for a java with file
		// capabilities. The environment's user.name is a text that any user can set.
		if (Files.isReadable(STATUS)) {
			try {
				for (String line : Files.readAllLines(STATUS)) {
					if (line.startsWith(UID)) {
						// real, effective, saved, file system
						return Integer.parseUnsignedInt(line.substring(UID.length()).strip().split("\\s+")[1]);
					}
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return (int) new UnixSystem().getUid();
	}

	private static final class Holder {

		static final int UID = find();

	}

}
