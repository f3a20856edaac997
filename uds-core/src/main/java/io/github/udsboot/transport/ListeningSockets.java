package io.github.udsboot.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;

/**
 * The listening sockets, as the kernel lists them: a check that no server notices. It can
 * show that a server is alive, but never that none is: the list is that of this network
 * namespace, and contains each socket under the name that it was bound with, even if that
 * is relative, or has been renamed or linked since.
 *
 * <pre>
 * Num: RefCount Protocol Flags Type St Inode Path
 * …: 00000002 00000000 00010000 0001 01 27541 /run/orders.sock
 * </pre>
 */
final class ListeningSockets {

	private static final Log logger = GuardedLog.of(ListeningSockets.class);

	private static final int FLAGS = 3;

	private static final int TYPE = 4;

	private static final int NAME = 7;

	private static final int LISTENS = 1 << 16;

	private static final int STREAM = 1;

	private static final ListeningSockets SYSTEM = new ListeningSockets(Path.of("/proc/net/unix"));

	private final Path list;

	ListeningSockets(Path list) {
		this.list = list;
	}

	static ListeningSockets ofSystem() {
		return SYSTEM;
	}

	/**
	 * Return whether a stream socket is known to listen at an address. A relative path is
	 * searched for in its absolute form: other processes may have bound the same relative
	 * path elsewhere.
	 * @param address the address
	 * @return {@code true} if one does; {@code false} means nothing
	 */
	boolean contains(UdsAddress address) {
		byte[] name = address.isAbstract() ? address.toBytes() : UdsAddress.bytes(address.path());
		// Byte for byte, as names need not be text. NUL is written as @
		return contains(new String(name, StandardCharsets.ISO_8859_1).replace('\0', '@'));
	}

	private boolean contains(String bytes) {
		try (BufferedReader lines = Files.newBufferedReader(this.list, StandardCharsets.ISO_8859_1)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.endsWith(bytes) && isListening(line.split(" +", NAME + 1), bytes)) {
					return true;
				}
			}
		}
		catch (IOException | NumberFormatException ex) {
			logger.debug("The sockets that listen cannot be listed", ex);
		}
		return false;
	}

	private static boolean isListening(String[] fields, String name) {
		return fields.length > NAME && fields[NAME].equals(name)
				&& (Integer.parseUnsignedInt(fields[FLAGS], 16) & LISTENS) != 0
				&& Integer.parseUnsignedInt(fields[TYPE], 16) == STREAM;
	}

}
