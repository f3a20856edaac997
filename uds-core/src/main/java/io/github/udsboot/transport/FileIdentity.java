package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The identity of the file at a path, according to {@code lstat}: links are not followed.
 *
 * @param device the device of the file system
 * @param inode the inode; together with the device it identifies a file for as long as
 * the file is held
 * @param mode type and permissions
 * @param uid the owner
 * @param gid the group
 * @param links the number of hard links
 */
record FileIdentity(long device, long inode, int mode, int uid, int gid, int links) {

	private static final int TYPE = 0170000;

	/**
	 * Examine a path.
	 * @param path the path
	 * @return the identity of the file there, or {@code null} if there is none
	 * @throws IOException if it cannot be determined
	 */
	static @Nullable FileIdentity of(Path path) throws IOException {
		return of(path, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Examine the target of a link.
	 * @param link a path that may be followed: to a descriptor of this process
	 * @return the identity of the target, or {@code null} if there is none
	 * @throws IOException if it cannot be determined
	 */
	static @Nullable FileIdentity ofTarget(Path link) throws IOException {
		return of(link, new LinkOption[0]);
	}

	private static @Nullable FileIdentity of(Path path, LinkOption... options) throws IOException {
		try {
			Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,mode,uid,gid,nlink", options);
			return new FileIdentity(number(attributes, "dev"), number(attributes, "ino"),
					(int) number(attributes, "mode"), (int) number(attributes, "uid"), (int) number(attributes, "gid"),
					(int) number(attributes, "nlink"));
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private static long number(Map<String, Object> attributes, String name) {
		if (attributes.get(name) instanceof Number number) {
			return number.longValue();
		}
		throw new IllegalStateException("The file system does not tell '" + name + "'");
	}

	boolean isSameFile(@Nullable FileIdentity other) {
		return other != null && other.device == this.device && other.inode == this.inode;
	}

	boolean isOurs() {
		return this.uid == ProcessUser.uid();
	}

	boolean isSocket() {
		return (this.mode & TYPE) == 0140000;
	}

	boolean isRegularFile() {
		return (this.mode & TYPE) == 0100000;
	}

	boolean isDirectory() {
		return (this.mode & TYPE) == 0040000;
	}

	boolean isSticky() {
		return (this.mode & 01000) != 0;
	}

	boolean isWritableByGroup() {
		return (this.mode & 0020) != 0;
	}

	boolean isWritableByOthers() {
		return (this.mode & 0002) != 0;
	}

	boolean isSetGroup() {
		return (this.mode & 02000) != 0;
	}

	/** Return whether users other than the owner and root can reach what is below. */
	boolean isSearchableByAnyOther() {
		return (this.mode & 0011) != 0;
	}

	boolean isLink() {
		return (this.mode & TYPE) == 0120000;
	}

	/**
	 * Return the mode as {@code chmod} writes it, for messages.
	 * @return octal digits
	 */
	String modeText() {
		return Integer.toOctalString(this.mode & 07777);
	}

	/**
	 * Return the type in words, for messages.
	 * @return a noun with its article
	 */
	String type() {
		return switch (this.mode & TYPE) {
			case 0140000 -> "a socket";
			case 0120000 -> "a symbolic link";
			case 0100000 -> "a regular file";
			case 0040000 -> "a directory";
			case 0010000 -> "a named pipe";
			default -> "a device";
		};
	}

}
