package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * What stands at the path of a socket before it is bound there: nothing, a leftover that
 * may be replaced, or a file that is left alone. Immutable.
 *
 * @param address the address, for messages
 * @param path the path, its directory without symbolic links
 */
record PathOccupant(UdsAddress address, Path path) {

	/**
	 * Remove a leftover.
	 * @throws BindFailedException if there is a file that must be left alone
	 */
	void clear() throws IOException {
		FileIdentity stale = findStale();
		if (stale != null && stale.isSameFile(FileIdentity.of(this.path))) {
			Files.deleteIfExists(this.path);
		}
	}

	/**
	 * Examine the file at the path.
	 * @return a socket that may be replaced, or {@code null} if there is nothing now
	 * @throws BindFailedException if there is a file that must be left alone
	 */
	@Nullable FileIdentity findStale() throws IOException {
		FileIdentity present = FileIdentity.of(this.path);
		if (present == null) {
			return null;
		}
		if (!present.isSocket()) {
			throw new BindFailedException(Reason.NOT_A_SOCKET, this.address,
					"At the socket path '" + this.address + "' stands " + present.type() + ", which is left alone",
					"Remove it if it is not needed, or choose another path.", null);
		}
		if (!present.isOurs()) {
			throw new BindFailedException(
					Reason.FOREIGN_SOCKET, this.address, "The socket '" + this.address + "' belongs to '"
							+ ProcessUser.ownerOf(this.path) + "' and is left alone",
					"Remove it if it is not in use, or choose another path.", null);
		}
		if (SocketProbe.isStale(UdsAddress.ofPath(this.path))) {
			return present;
		}
		if (!present.isSameFile(FileIdentity.of(this.path))) {
			// Its server has gone in the meantime; the file that is there now is examined
			// under the lock
			return null;
		}
		throw new LiveSocketException(this.address, present, inUse(), "Stop that process, or choose another path.");
	}

	private String inUse() {
		String kind = SocketKind.unlessStream(List.of(this.path, this.address.path()));
		if (kind != null) {
			return "At the socket path '" + this.address + "' stands " + kind
					+ " that a process uses, and no server to connect to; it is left alone";
		}
		if (!Files.isWritable(this.path)) {
			return "The socket '" + this.address
					+ "' lets not even this user connect, so it cannot be told from one that a "
					+ "server uses; it is left alone";
		}
		return "A server is already running on '" + this.address + "'";
	}

}
