package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * Follows the kernel's way to a directory, from the root down, and returns every
 * directory and every link that decides where it leads. Everything below a directory that
 * no other user can enter is left out: no other user can change it.
 */
final class DirectoryWalk {

	private static final int MOST_LINKS = 40;

	private final Deque<Path> names = new ArrayDeque<>();

	private final Path root;

	/**
	 * The current position of the walk; without links, so that the directories above it
	 * are known.
	 */
	private @Nullable Path current;

	private @Nullable FileIdentity currentIdentity;

	private @Nullable FileIdentity identity;

	private boolean inOpen;

	private int ownerOfAll;

	private int links;

	/** Below this directory no other user can change anything. */
	private @Nullable Path closed;

	DirectoryWalk(Path directory) {
		this.root = directory.getRoot();
		for (Path name : directory) {
			this.names.add(name);
		}
	}

	/**
	 * Continue with the next directory above the target, or the next link.
	 * @return its path, or {@code null} at the end, which is the directory or something
	 * that is missing
	 * @throws IOException if something cannot be examined
	 */
	@Nullable Path next() throws IOException {
		if (this.current == null) {
			Path start = enter(this.root);
			this.ownerOfAll = identity().uid();
			if (start != null && !this.names.isEmpty()) {
				return start;
			}
		}
		while (!this.names.isEmpty()) {
			Path step = step(this.names.removeFirst());
			if (step != null) {
				return step;
			}
		}
		return null;
	}

	private @Nullable Path step(Path name) throws IOException {
		Path current = (this.current != null) ? this.current : this.root;
		if (name.toString().equals(".")) {
			return null;
		}
		if (name.toString().equals("..")) {
			Path parent = current.getParent();
			return enter((parent != null) ? parent : this.root);
		}
		Path path = current.resolve(name);
		FileIdentity found = FileIdentity.of(path);
		if (found == null) {
			this.names.clear();
			return null;
		}
		if (found.isLink()) {
			return follow(path, found);
		}
		return this.names.isEmpty() ? null : enter(path, found);
	}

	private @Nullable Path follow(Path link, FileIdentity found) throws IOException {
		if (++this.links > MOST_LINKS) {
			throw new FileSystemLoopException(link.toString());
		}
		Path target = Files.readSymbolicLink(link);
		for (int index = target.getNameCount() - 1; index >= 0; index--) {
			this.names.addFirst(target.getName(index));
		}
		FileIdentity directory = this.currentIdentity;
		this.inOpen = directory != null && (directory.isWritableByOthers() || directory.isWritableByGroup());
		boolean safe = isClosed(link);
		if (target.isAbsolute()) {
			enter(this.root);
		}
		this.identity = found;
		return safe ? null : link;
	}

	private @Nullable Path enter(Path path) throws IOException {
		FileIdentity found = FileIdentity.of(path);
		if (found == null) {
			this.names.clear();
			return null;
		}
		return enter(path, found);
	}

	private @Nullable Path enter(Path path, FileIdentity found) {
		boolean safe = isClosed(path);
		this.current = path;
		this.currentIdentity = found;
		this.identity = found;
		if (!safe) {
			this.closed = found.isSearchableByAnyOther() ? null : path;
		}
		return safe ? null : path;
	}

	private boolean isClosed(Path path) {
		return this.closed != null && path.startsWith(this.closed) && !path.equals(this.closed);
	}

	/** Return the identity of the file at the most recent step. */
	FileIdentity identity() {
		if (this.identity == null) {
			throw new IllegalStateException("No step was taken");
		}
		return this.identity;
	}

	/**
	 * Return whether others may write to the directory that contains the link of this
	 * step.
	 */
	boolean isInOpen() {
		return this.inOpen;
	}

	/** Return the owner of the root directory. */
	int ownerOfAll() {
		return this.ownerOfAll;
	}

}
