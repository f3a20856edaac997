package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerProcess;
import io.github.udsboot.guard.GuardedLog;

/**
 * Looks at processes below {@code /proc}. Process ids are reused, and the directory is
 * that of the process that has the id now. So a process is believed to be the peer only
 * if it has the peer's user and group, and was there when the peer connected.
 * Thread-safe.
 */
final class ProcessDirectory {

	private static final Log logger = GuardedLog.of(ProcessDirectory.class);

	/** With room for the lines before the groups. */
	private static final int MAX_STATUS = 12 * GroupNumbers.MAX + 4096;

	private static final int MAX_CONTROL_GROUPS = 64 * 1024;

	private static final Pattern SPACE = Pattern.compile("\\s+");

	private final Path processes;

	private final long ownPid;

	private final BootClock clock;

	/**
	 * Create an instance.
	 * @param processes the directory of the processes
	 * @param ownPid the number of this process
	 * @param clock tells when processes that were there have started
	 */
	ProcessDirectory(Path processes, long ownPid, BootClock clock) {
		this.processes = processes;
		this.ownPid = ownPid;
		this.clock = clock;
	}

	/**
	 * Look at a process.
	 * @param pid its id
	 * @param uid the number of its effective user
	 * @param gid the number of its effective group
	 * @param there a moment at which it was there
	 * @return what there is to see, {@code null} if the process is gone, is another one
	 * by now, or must not be inspected
	 */
	@Nullable Inspected inspect(long pid, long uid, long gid, Moment there) {
		Path process = this.processes.resolve(Long.toString(pid));
		try {
			if (pid <= 0 || !isOfOurNamespace()) {
				return null;
			}
			long started = ProcessStart.ticksOf(process);
			String status = BoundedFile.read(process.resolve("status"), MAX_STATUS);
			PeerProcess what = describe(pid, process);
			// BootClock.UNKNOWN is before the start of any process
			boolean same = started == ProcessStart.ticksOf(process) && started <= this.clock.latestStart(there)
					&& effectiveId(status, "Uid:") == uid && effectiveId(status, "Gid:") == gid;
			return same ? new Inspected(groups(status), what) : null;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The process " + pid + " cannot be inspected", ex);
			return null;
		}
	}

	/** Numbers of processes are those of the namespace for which it was mounted. */
	private boolean isOfOurNamespace() throws IOException {
		return Files.readSymbolicLink(this.processes.resolve("self")).toString().equals(Long.toString(this.ownPid));
	}

	private static PeerProcess describe(long pid, Path process) {
		ControlGroups control = ControlGroups.NONE;
		try {
			String text = BoundedFile.read(process.resolve("cgroup"), MAX_CONTROL_GROUPS);
			control = ControlGroups.parse(text.substring(0, text.lastIndexOf('\n') + 1));
		}
		catch (IOException ex) {
			logger.debug("The control groups of process " + pid + " cannot be read", ex);
		}
		return new PeerProcess(pid, control.unit(), control.userUnit(), control.container());
	}

	/** Real, effective, saved, file system. */
	private static long effectiveId(String status, String line) throws IOException {
		String value = value(status, line);
		if (value == null) {
			throw new IOException("There is no line " + line);
		}
		return Long.parseLong(SPACE.split(value)[1]);
	}

	private static @Nullable GroupNumbers groups(String status) {
		String value = value(status, "Groups:");
		if (value == null) {
			// more than we keep, or a kernel that does not tell
			return null;
		}
		int[] numbers = SPACE.splitAsStream(value)
			.filter((number) -> !number.isEmpty())
			.limit(GroupNumbers.MAX + 1)
			.mapToInt(Integer::parseUnsignedInt)
			.toArray();
		return (numbers.length <= GroupNumbers.MAX) ? GroupNumbers.of(IntStream.of(numbers)) : null;
	}

	/** Names of processes cannot pass for lines: the kernel escapes what ends a line. */
	private static @Nullable String value(String status, String name) {
		int start = status.startsWith(name) ? 0 : status.indexOf("\n" + name) + 1;
		int end = status.indexOf('\n', start);
		return (status.startsWith(name, start) && end > 0) ? status.substring(start + name.length(), end).strip()
				: null;
	}

	/**
	 * What was seen of a process.
	 *
	 * @param groups its supplementary groups, {@code null} if they are too many
	 * @param process what runs it
	 */
	record Inspected(@Nullable GroupNumbers groups, PeerProcess process) {

	}

}
