package io.github.udsboot.transport;

import java.nio.charset.Charset;
import java.nio.file.Path;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * How long the path of a socket may be. A socket address holds 108 bytes, the JDK accepts
 * 106 of them, and the private directory that the socket is bound in needs a few.
 */
final class SocketPathLimit {

	/** The most bytes that a path may have. */
	static final int BYTES = 100;

	// What the JDK turns a path into bytes with
	private static final Charset CHARSET = Charset
		.forName(System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

	private SocketPathLimit() {
	}

	/**
	 * Check a path.
	 * @param address the address as the user gave it
	 * @param path the same, or what it resolves to
	 * @throws BindFailedException if the path is too long
	 */
	static void check(UdsAddress address, Path path) throws BindFailedException {
		int length = path.toString().getBytes(CHARSET).length;
		if (length > BYTES) {
			String resolved = path.equals(address.path()) ? "" : ", which is '" + path + "',";
			throw new BindFailedException(Reason.PATH_TOO_LONG, address,
					"The socket path '" + address + "'" + resolved + " has " + length + " bytes; the limit is " + BYTES,
					"Choose a shorter path, for instance below /run.", null);
		}
	}

}
