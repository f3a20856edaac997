package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Tells who, beside this user, root and at most a group, could replace a file in a
 * directory: everybody who can write there, unless it is sticky; everybody who can rename
 * a directory above it; its owner.
 *
 * @param clause what makes the directory shared and whom it is shared with, a clause that
 * follows the directory
 * @param remedy how to change that, a sentence without its end
 */
record DirectorySharing(String clause, String remedy) {

	private static final String EVERYBODY = ": every user could replace the socket, in a pod every container that "
			+ "mounts the directory";

	/**
	 * Look at a directory and at what is above it.
	 * @param directory the directory as it was given
	 * @param real the same without symbolic links
	 * @param identity the directory's identity
	 * @return who shares the directory, or {@code null} if nobody does
	 * @throws IOException if something above the directory cannot be looked at
	 */
	static @Nullable DirectorySharing of(Path directory, Path real, FileIdentity identity) throws IOException {
		DirectorySharing sharing = withEverybody(directory, real, identity);
		if (sharing == null && !identity.isOurs() && identity.uid() != 0) {
			return new DirectorySharing("belongs to '" + ProcessUser.ownerOf(real) + "', who could replace the socket",
					"Choose a directory that belongs to this user or to root");
		}
		return sharing;
	}

	/**
	 * Look only whether everybody could replace what is in a directory.
	 * @param directory the directory as it was given
	 * @param real the same without symbolic links
	 * @param identity the directory's identity
	 * @return why everybody can, or {@code null} if not everybody can
	 * @throws IOException if something above the directory cannot be looked at
	 */
	static @Nullable DirectorySharing withEverybody(Path directory, Path real, FileIdentity identity)
			throws IOException {
		if (isOpen(identity)) {
			return new DirectorySharing("has the mode " + mode(identity) + EVERYBODY, closing(real, identity));
		}
		DirectorySharing above = above(real);
		// Who can replace a link to the directory need not touch the directory
		Path given = directory.toAbsolutePath();
		return (above != null || given.equals(real)) ? above : above(given);
	}

	/** From the root on: what is below a directory that others cannot enter is safe. */
	private static @Nullable DirectorySharing above(Path path) throws IOException {
		for (int length = 0; length < path.getNameCount(); length++) {
			Path root = path.getRoot();
			Path above = ((length == 0) ? root : root.resolve(path.subpath(0, length))).toRealPath();
			FileIdentity identity = FileIdentity.of(above);
			if (identity == null || !identity.isSearchableByOthers()) {
				return null;
			}
			if (isOpen(identity)) {
				return new DirectorySharing(
						"stands below '" + above + "', which has the mode " + mode(identity) + EVERYBODY,
						closing(above, identity));
			}
		}
		return null;
	}

	private static boolean isOpen(FileIdentity identity) {
		return identity.isWritableByOthers() && !identity.isSticky();
	}

	private static String mode(FileIdentity identity) {
		return Integer.toOctalString(identity.mode() & 07777);
	}

	private static String closing(Path path, FileIdentity identity) {
		boolean possible = identity.isOurs() || ProcessUser.uid() == 0;
		return (possible ? "Take" : "Let its owner '" + ProcessUser.ownerOf(path) + "' take")
				+ " the right to write from others (chmod o-w '" + path + "')";
	}

}
