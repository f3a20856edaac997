package io.github.udsboot.benchmark.run;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * How many descriptors a process may have: this one, and so those that it starts.
 */
final class DescriptorLimit {

	private DescriptorLimit() {
	}

	static long current() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? unix.getMaxFileDescriptorCount() : 0;
	}

}
