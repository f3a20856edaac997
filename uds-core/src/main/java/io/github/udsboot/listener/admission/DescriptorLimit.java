package io.github.udsboot.listener.admission;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * The number of descriptors that this process may have open.
 */
final class DescriptorLimit {

	private static final Path LIMITS = Path.of("/proc/self/limits");

	private static final String OPEN_FILES = "Max open files";

	private DescriptorLimit() {
	}

	/**
	 * Return the limit.
	 * @return the soft limit, {@code Long.MAX_VALUE} if there is none or it is not known
	 */
	static long get() {
		try {
			// The management bean knows it, too, but loads much that nothing else needs
			// while the application starts
			return parse(Files.readAllLines(LIMITS, StandardCharsets.ISO_8859_1));
		}
		catch (IOException | IllegalArgumentException ex) {
			return fromManagementBean();
		}
	}

	/**
	 * Find the soft limit.
	 * @param lines the kernel's lines about the limits of a process
	 * @return the limit
	 * @throws IllegalArgumentException if the limit is not among them
	 */
	static long parse(List<String> lines) {
		for (String line : lines) {
			if (line.startsWith(OPEN_FILES)) {
				String soft = line.substring(OPEN_FILES.length()).strip().split("\\s+")[0];
				return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
			}
		}
		throw new IllegalArgumentException("There is no line '" + OPEN_FILES + "'");
	}

	private static long fromManagementBean() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getMaxFileDescriptorCount() : Long.MAX_VALUE;
	}

}
