package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

import org.jspecify.annotations.Nullable;

/**
 * Determines who, apart from this user and root, could replace a file in a directory: all
 * users who can write there, unless it is sticky; the owner; and the users who can do the
 * same to a directory above it, or to a link on the way to it, since they can put another
 * directory in its place. A group that has no member but this user does not count.
 *
 * @param clause what makes the directory shared and with whom, as a clause that follows
 * the directory
 * @param remedy how to change that, a sentence without its full stop
 */
record DirectorySharing(String clause, String remedy) {

	private static final String ANY_USER = "every user could replace the socket, in a pod every container that "
			+ "mounts the directory";

	private static final String FOREIGN_REMEDY = "Choose a directory that belongs, like all above it, to this user or "
			+ "to root";

	/**
	 * Examine a directory and the way to it.
	 * @param directory the directory as it was given
	 * @param real the same without symbolic links
	 * @param identity the directory's identity
	 * @return who shares the directory, or {@code null} if it is not shared
	 * @throws IOException if something on the way cannot be examined
	 */
	static @Nullable DirectorySharing of(Path directory, Path real, FileIdentity identity) throws IOException {
		DirectorySharing sharing = withoutItsOwner(directory, real, identity);
		if (sharing == null && !identity.isOurs() && identity.uid() != 0) {
			return new DirectorySharing(
					"has the mode " + identity.modeText() + " and belongs to '" + ProcessUser.ownerOf(real)
							+ "', who could replace the socket",
					"Choose a directory that belongs to this user or to root");
		}
		return sharing;
	}

	/**
	 * Examine everything except the owner of a directory.
	 * @param directory the directory as it was given
	 * @param real the same without symbolic links
	 * @param identity the directory's identity
	 * @return who else shares the directory, or {@code null} if it is not shared
	 * @throws IOException if something on the way cannot be examined
	 */
	static @Nullable DirectorySharing withoutItsOwner(Path directory, Path real, FileIdentity identity)
			throws IOException {
		return isOpen(identity) ? new DirectorySharing("has " + who(real, identity), closing(real, identity))
				: onTheWay(directory);
	}

	private static @Nullable DirectorySharing onTheWay(Path directory) throws IOException {
		DirectoryWalk walk = new DirectoryWalk(directory.toAbsolutePath());
		for (Path step = walk.next(); step != null; step = walk.next()) {
			FileIdentity identity = walk.identity();
			DirectorySharing sharing = identity.isLink() ? link(step, identity, walk.isInOpen())
					: above(step, identity, walk.ownerOfAll());
			if (sharing != null) {
				return sharing;
			}
		}
		return null;
	}

	private static @Nullable DirectorySharing above(Path path, FileIdentity identity, int ownerOfAll) {
		if (isOpen(identity)) {
			return new DirectorySharing("stands below '" + path + "', which has " + who(path, identity),
					closing(path, identity));
		}
		if (isForeign(identity, ownerOfAll)) {
			return new DirectorySharing("stands below '" + path + "', which has the mode " + identity.modeText()
					+ " and belongs to '" + ProcessUser.ownerOf(path) + "', who could replace the socket",
					FOREIGN_REMEDY);
		}
		return null;
	}

	/** In a sticky directory only the owner of a link may replace it. */
	private static @Nullable DirectorySharing link(Path path, FileIdentity identity, boolean inOpen) {
		if (inOpen && !identity.isOurs() && identity.uid() != 0) {
			return new DirectorySharing("is reached by the link '" + path + "', which belongs to '"
					+ ProcessUser.ownerOf(path) + "', who could replace it", FOREIGN_REMEDY);
		}
		return null;
	}

	/**
	 * The owner of "/" can replace everything. That is root, or stands for root if root
	 * is not mapped into this namespace.
	 */
	private static boolean isForeign(FileIdentity identity, int ownerOfAll) {
		return !identity.isOurs() && identity.uid() != 0 && identity.uid() != ownerOfAll;
	}

	private static boolean isOpen(FileIdentity identity) {
		return !identity.isSticky()
				&& (identity.isWritableByOthers() || (identity.isWritableByGroup() && isGroupOfOthers(identity)));
	}

	/** The setgid bit is set where a group is meant to share. */
	private static boolean isGroupOfOthers(FileIdentity identity) {
		return identity.isSetGroup() || !PrivateGroup.ofSystem().isOf(identity.gid(), ProcessUser.uid());
	}

	private static String who(Path path, FileIdentity identity) {
		return "the mode " + identity.modeText() + " and belongs to '" + ProcessUser.ownerOf(path) + "': "
				+ (identity.isWritableByOthers() ? ANY_USER
						: "the members of its group '" + groupOf(path, identity) + "' could replace the socket");
	}

	private static String groupOf(Path path, FileIdentity identity) {
		try {
			return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS).group().getName();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return Integer.toUnsignedString(identity.gid());
		}
	}

	private static String closing(Path path, FileIdentity identity) {
		boolean possible = identity.isOurs() || ProcessUser.uid() == 0;
		String classes = !identity.isWritableByOthers() ? "g" : identity.isWritableByGroup() ? "go" : "o";
		String from = switch (classes) {
			case "g" -> "its group";
			case "o" -> "others";
			default -> "its group and others";
		};
		return (possible ? "Take" : "Let its owner '" + ProcessUser.ownerOf(path) + "' take")
				+ " the right to write from " + from + " (chmod " + classes + "-w '" + path + "')";
	}

}
