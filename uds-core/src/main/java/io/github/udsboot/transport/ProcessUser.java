package io.github.udsboot.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import com.sun.security.auth.module.UnixSystem;

/**
 * The user whom files that this process creates belong to.
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
	 * Return who owns a file, for messages.
	 * @param path the file
	 * @return the name, or a question mark if it cannot be told
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
		// The owner of /proc/self would be shorter, and wrong for a java with file
		// capabilities. The environment's user.name is a text that anybody can set.
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
