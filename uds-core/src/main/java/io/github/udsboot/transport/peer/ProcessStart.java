package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * When processes and threads started, as the kernel says in their {@code stat}.
 */
final class ProcessStart {

	/**
	 * {@code USER_HZ}, in which the kernel counts for programs. 100 on everything that
	 * runs Java.
	 */
	static final long TICKS_PER_SECOND = 100;

	/** Numbered from 1, and the second, the name, is the last that may hold spaces. */
	private static final int START_TIME = 22;

	private static final int STATE = 3;

	private static final int MAX_BYTES = 4096;

	private ProcessStart() {
	}

	/**
	 * Return when a process or thread started.
	 * @param directory its directory below {@code /proc}
	 * @return the ticks from the start of the system until then, rounded down
	 * @throws IOException if it is gone, or this cannot be told
	 */
	static long ticksOf(Path directory) throws IOException {
		String stat = BoundedFile.read(directory.resolve("stat"), MAX_BYTES);
		// A process chooses its own name
		String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
		try {
			return Long.parseLong(fields[START_TIME - STATE]);
		}
		catch (IndexOutOfBoundsException | NumberFormatException ex) {
			throw new IOException("The start of " + directory + " cannot be told", ex);
		}
	}

}
