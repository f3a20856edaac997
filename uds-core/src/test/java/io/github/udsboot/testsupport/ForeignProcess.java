package io.github.udsboot.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

/**
 * A process that connects and stays, of any user and with any groups.
 */
public final class ForeignProcess {

	private static final Path PYTHON = Path.of("/usr/bin/python3");

	/** Joins as many groups as it is told, connects, says so, and waits for its end. */
	private static final String PROGRAM = """
			import os, socket, sys
			if len(sys.argv) > 2:
			  os.setgroups(range(100000, 100000 + int(sys.argv[2])))
			  os.setresgid(12345, 12345, 12345)
			  os.setresuid(12345, 12345, 12345)
			s = socket.socket(socket.AF_UNIX)
			s.connect(sys.argv[1])
			print('connected', flush=True)
			sys.stdin.read()
			""";

	/** Becomes parent of a process with a given id, of given user and groups. */
	private static final String REUSE = """
			import os, sys
			want, user, group = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
			for attempt in range(1000):
			  with open('/proc/sys/kernel/ns_last_pid', 'w') as last: last.write(str(want - 1))
			  child = os.fork()
			  if child == 0:
			    if os.getpid() != want: os._exit(0)
			    os.setgroups([1])
			    os.setresgid(group, group, group)
			    os.setresuid(user, user, user)
			    print('connected', flush=True)
			    sys.stdin.read()
			    os._exit(0)
			  os.waitpid(child, 0)
			  if child == want: break
			""";

	private final Process process;

	private ForeignProcess(Process process) {
		this.process = process;
	}

	/**
	 * Start a process; the test is skipped if this system does not permit it.
	 * @param socket where to connect to
	 * @param prefix the command that starts it, such as {@code setpriv}
	 * @return the process, connected
	 */
	public static ForeignProcess start(Path socket, String... prefix) throws IOException {
		return start(socket, List.of(prefix), List.of());
	}

	/**
	 * Start a process of the user 12345; only root can.
	 * @param socket where to connect to
	 * @param groups of how many groups it is
	 * @return the process, connected
	 */
	public static ForeignProcess startWithGroups(Path socket, int groups) throws IOException {
		return start(socket, List.of(), List.of("" + groups));
	}

	/**
	 * Start a process that does not connect, with the id of one that is gone, in the
	 * group {@code daemon}; only root can, and where the kernel does not offer it the
	 * test is skipped.
	 * @param pid the process id
	 * @param user the number of the user
	 * @param group the number of the group
	 * @return its parent, with which it ends
	 */
	public static ForeignProcess startWithPid(long pid, int user, int group) throws IOException {
		Assumptions.assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/ns_last_pid")),
				"process ids cannot be chosen");
		return start(List.of(PYTHON.toString(), "-c", REUSE, "" + pid, "" + user, "" + group));
	}

	private static ForeignProcess start(Path socket, List<String> prefix, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of(PYTHON.toString(), "-c", PROGRAM, socket.toString()));
		command.addAll(arguments);
		return start(command);
	}

	private static ForeignProcess start(List<String> command) throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is needed");
		ForeignProcess started = new ForeignProcess(new ProcessBuilder(command).directory(Path.of("/").toFile())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start());
		String line = started.process.inputReader().readLine();
		if (!"connected".equals(line)) {
			started.exit();
			Assumptions.abort("this system does not permit " + command.get(0));
		}
		return started;
	}

	public long pid() {
		return this.process.pid();
	}

	/** Let the process end, and wait until it is gone. */
	public void exit() {
		// which its child waits for
		try {
			this.process.outputWriter().close();
		}
		catch (IOException ex) {
			// it is gone
		}
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The other process does not die");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
