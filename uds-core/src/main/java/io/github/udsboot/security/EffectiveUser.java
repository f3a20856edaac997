package io.github.udsboot.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The effective user of this process, which its peers see in its credentials.
 */
final class EffectiveUser {

	private static final Path STATUS = Path.of("/proc/self/status");

	private EffectiveUser() {
	}

	/**
	 * Return the effective user of this process.
	 * @return its number if {@code /proc} provides it (a user in a container may have no
	 * name), otherwise its name
	 */
	static String idOrName() {
		String id = effectiveId();
		if (id != null) {
			return id;
		}
		String name = System.getProperty("user.name");
		if (name == null || name.isEmpty() || name.equals("?")) {
			throw new IllegalStateException("Cannot determine the user of this process, set the allowed users");
		}
		return name;
	}

	private static @Nullable String effectiveId() {
		try {
			// The owner of /proc/self is not usable: it is root if the process must not
			// be dumped
			for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
				if (line.startsWith("Uid:")) {
					// Real, effective, saved, file system
					return line.split("\\s+")[2];
				}
			}
		}
		catch (IOException ex) {
			// Not Linux
		}
		return null;
	}

}
