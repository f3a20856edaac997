package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells which abstract names servers listen at, without connecting to them: the kernel
 * lists all sockets of the network namespace in {@code /proc/net/unix}.
 */
public final class AbstractNames {

	private static final Log logger = LogFactory.getLog(AbstractNames.class);

	private static final Path SOCKETS = Path.of("/proc/net/unix");

	private static final Charset KERNEL = StandardCharsets.ISO_8859_1;

	/**
	 * Flags and type of a stream socket that listens. The connections that it has
	 * accepted have its name, too.
	 */
	private static final String LISTENING = " 00010000 0001 ";

	private AbstractNames() {
	}

	/**
	 * Tell whether a server listens at a name.
	 * @param name the name, in the form that it is asked for
	 * @return whether one does
	 * @throws IOException if that cannot be told
	 */
	public static boolean isListening(UdsAddress name) throws IOException {
		// How the kernel writes a name: NUL as @, the first one included. A relative path
		// that begins with @ looks the same.
		String suffix = " " + new String(name.toBytes(), KERNEL).replace('\0', '@');
		try (Stream<String> lines = Files.lines(SOCKETS, KERNEL)) {
			return lines.anyMatch((line) -> line.endsWith(suffix) && line.contains(LISTENING));
		}
	}

	/**
	 * Look for a server that listens at the same name in the other form.
	 * @param name the name
	 * @return the other form, or {@code null} if no server listens there or that cannot
	 * be told
	 */
	public static @Nullable UdsAddress listeningInOtherForm(UdsAddress name) {
		UdsAddress other = name.otherForm();
		try {
			return (!other.equals(name) && isListening(other)) ? other : null;
		}
		catch (IOException ex) {
			logger.debug("Who listens at " + other.quoted() + " cannot be told", ex);
			return null;
		}
	}

	/**
	 * Return a form of a name in words.
	 * @param name the name
	 * @return an adjective, and who has such names
	 */
	static String describe(UdsAddress name) {
		return name.isPadded() ? "padded with NUL characters, as HAProxy's abns@ and Node before 21.7 have it"
				: "exact, as most programs have it";
	}

}
