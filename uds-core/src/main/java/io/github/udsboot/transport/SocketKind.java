package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * The kind of a socket that is in use, if the kernel lists it by its path. A connect
 * would report it only in the language of the environment.
 */
final class SocketKind {

	private static final Log logger = GuardedLog.of(SocketKind.class);

	private static final Path SOCKETS = Path.of("/proc/net/unix");

	/** Num RefCount Protocol Flags Type St Inode Path. */
	private static final int TYPE = 4;

	private static final int NAME = 7;

	private static final String STREAM = "0001";

	private static final String DATAGRAM = "0002";

	private SocketKind() {
	}

	/**
	 * Return the kind of a socket, if it is certainly other than a server needs.
	 * @param paths the socket's path, possibly in several forms
	 * @return the kind, a noun with its article, or {@code null} if the socket accepts
	 * stream connections, or if the kernel lists no socket by that path
	 */
	static @Nullable String unlessStream(List<Path> paths) {
		Set<String> types = new TreeSet<>();
		try (Stream<String> lines = Files.lines(SOCKETS, StandardCharsets.ISO_8859_1)) {
			lines.map((line) -> line.trim().split(" +", NAME + 1))
				.filter((fields) -> fields.length > NAME && isAt(fields[NAME], paths))
				.forEach((fields) -> types.add(fields[TYPE]));
		}
		catch (IOException ex) {
			logger.debug("The sockets cannot be listed", ex);
		}
		if (types.isEmpty() || types.contains(STREAM)) {
			return null;
		}
		return types.contains(DATAGRAM) ? "a datagram socket" : "a socket for sequenced packets";
	}

	/** A socket may have been bound by a relative path. */
	private static boolean isAt(String name, List<Path> paths) {
		String text = new String(name.getBytes(StandardCharsets.ISO_8859_1), Charset.defaultCharset());
		return !text.startsWith("@") && paths.stream()
			.map(Path::toString)
			.anyMatch((path) -> text.startsWith("/") ? path.equals(text) : path.endsWith("/" + text));
	}

}
