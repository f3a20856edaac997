package io.github.udsboot.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Assumptions;
import org.newsclub.net.unix.AFUNIXSocket;
import org.springframework.util.FileSystemUtils;

import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Another process that binds and connects as it is told by {@link ChildMain}'s commands:
 * one line in, one line out.
 */
public final class ChildJvm implements AutoCloseable {

	/** The user id of a user who is not us. */
	public static final int NOBODY = 65534;

	private static String readableClassPath;

	private final Process process;

	private final Writer commands;

	private final BufferedReader answers;

	private ChildJvm(Process process) {
		this.process = process;
		this.commands = process.outputWriter(StandardCharsets.UTF_8);
		this.answers = process.inputReader(StandardCharsets.UTF_8);
	}

	public static ChildJvm start(String... options) throws IOException {
		return startIn(Path.of("/"), options);
	}

	/**
	 * Start a process in a working directory.
	 * @param directory the directory
	 * @param options options of the JVM
	 * @return the process
	 */
	public static ChildJvm startIn(Path directory, String... options) throws IOException {
		return start(directory, List.of(), classPath(), options);
	}

	/**
	 * Start a process that does something else.
	 * @param main answers commands as {@link ChildMain} does, and says a line when it is
	 * ready
	 * @param options options of the JVM
	 * @return the process
	 */
	public static ChildJvm start(Class<?> main, String... options) throws IOException {
		return start(Path.of("/"), List.of(), classPath(), main, options);
	}

	/**
	 * Start a process that does something else, with the options that an application has
	 * and not those that make a start quick.
	 * @param main answers commands as {@link ChildMain} does, and says a line when it is
	 * ready
	 * @param log where its standard error goes
	 * @param options options of the JVM
	 * @return the process
	 */
	public static ChildJvm start(Class<?> main, Path log, String... options) throws IOException {
		List<String> command = new ArrayList<>(List.of(java()));
		command.add("-D" + TestTransport.PROPERTY + "=" + TestTransport.name());
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", classPath(), main.getName()));
		return new ChildJvm(
				new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start())
			.ready();
	}

	/**
	 * Start a process whose temporary directory may hold nothing that is run; only root
	 * can, and where mounting is denied the test is skipped.
	 * @param directory where such a file system is mounted for that process alone
	 * @return the process
	 */
	public static ChildJvm startWithNoexecTmp(Path directory) throws IOException {
		String mount = "mount -t tmpfs -o noexec tmpfs '" + directory + "'";
		try {
			Assumptions.assumeTrue(new ProcessBuilder("unshare", "-m", "sh", "-c", mount).redirectErrorStream(true)
				.start()
				.waitFor() == 0, "mounting is denied");
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return start(Path.of("/"), List.of("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh"), classPath(),
				"-Djava.io.tmpdir=" + directory);
	}

	public static ChildJvm startWithUmask(String umask) throws IOException {
		return start(Path.of("/"), List.of("sh", "-c", "umask " + umask + " && exec \"$@\"", "sh"), classPath());
	}

	/**
	 * Start a process in a user namespace of its own; only root can, and where that is
	 * denied the test is skipped.
	 * @param main answers commands, and says a line when it is ready
	 * @param options options of {@code unshare}
	 * @return the process
	 */
	public static ChildJvm startInUserNamespace(Class<?> main, String... options) throws IOException {
		List<String> prefix = new ArrayList<>(List.of("unshare"));
		prefix.addAll(List.of(options));
		List<String> attempt = new ArrayList<>(prefix);
		attempt.add("true");
		try {
			Assumptions.assumeTrue(new ProcessBuilder(attempt).redirectErrorStream(true).start().waitFor() == 0,
					"user namespaces are denied");
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return start(Path.of("/"), prefix, classPath(), main);
	}

	private static String classPath() {
		return Stream.of(System.getProperty("java.class.path").split(":"))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.collect(Collectors.joining(":"));
	}

	/**
	 * Start a process of another user; only root can.
	 * @return the process
	 */
	public static ChildJvm startAsNobody() throws IOException {
		return startAs(NOBODY, null);
	}

	/**
	 * Start a process of any user, whose own group has the same number; only root can.
	 * @param user the number of the user
	 * @param group the number of a further group, or {@code null}
	 * @return the process
	 */
	public static ChildJvm startAs(int user, Integer group) throws IOException {
		return start(Path.of("/"), List.of("setpriv", "--reuid", "" + user, "--regid", "" + user,
				(group != null) ? "--groups=" + group : "--clear-groups"), readableClassPath());
	}

	/** Return a copy of the class path that every user can read, made once. */
	private static synchronized String readableClassPath() throws IOException {
		if (readableClassPath == null) {
			Path directory = Files.createTempDirectory("uds-class-path");
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile())));
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
			readableClassPath = copyClassPath(directory);
		}
		return readableClassPath;
	}

	private static String copyClassPath(Path directory) throws IOException {
		List<String> classPath = new ArrayList<>();
		for (Class<?> type : List.of(UdsTransport.class, ChildMain.class, LogFactory.class, AFUNIXSocket.class)) {
			Path copy = directory.resolve("cp" + classPath.size());
			copy(Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()), copy);
			classPath.add(copy.toString());
		}
		for (String entry : System.getProperty("java.class.path").split(":")) {
			if (entry.contains("junixsocket-native")) {
				Path copy = directory.resolve("cp" + classPath.size());
				copy(Path.of(entry), copy);
				classPath.add(copy.toString());
			}
		}
		return String.join(":", classPath);
	}

	private static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				Path copied = target.resolve(source.relativize(file).toString());
				Files.copy(file, source.equals(file) ? target : copied, StandardCopyOption.REPLACE_EXISTING);
				Files.setPosixFilePermissions(source.equals(file) ? target : copied,
						PosixFilePermissions.fromString("rwxr-xr-x"));
			}
		}
	}

	private static ChildJvm start(Path directory, List<String> prefix, String classPath, String... options)
			throws IOException {
		return start(directory, prefix, classPath, ChildMain.class, options);
	}

	private static ChildJvm start(Path directory, List<String> prefix, String classPath, Class<?> main,
			String... options) throws IOException {
		List<String> command = new ArrayList<>(prefix);
		command.add(java());
		command.addAll(List.of(options));
		command.addAll(List.of("-D" + TestTransport.PROPERTY + "=" + TestTransport.name(), "-Xshare:auto",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, main.getName()));
		return new ChildJvm(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
			.directory(directory.toFile())
			.start()).ready();
	}

	private static String java() {
		return ProcessHandle.current().info().command().orElseThrow();
	}

	private ChildJvm ready() {
		answer();
		return this;
	}

	/**
	 * Give a command, without waiting for the answer.
	 * @param command the command
	 */
	public void tell(Object... command) {
		try {
			this.commands.write(String.join(" ", Stream.of(command).map(Object::toString).toList()) + "\n");
			this.commands.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String answer() {
		try {
			String line = this.answers.readLine();
			if (line == null) {
				throw new IllegalStateException("The other process is gone");
			}
			return line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String ask(Object... command) {
		tell(command);
		return answer();
	}

	/** Return whether the next answer is there. */
	public boolean hasAnswered() {
		try {
			return this.answers.ready();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** Stop the process as {@code kill -STOP} does, and wait until it stands still. */
	public void suspend() throws IOException, InterruptedException {
		signal("STOP");
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!isSuspended()) {
			if (System.nanoTime() - deadline > 0) {
				throw new IllegalStateException("The other process does not stop");
			}
			TimeUnit.MILLISECONDS.sleep(1);
		}
	}

	private boolean isSuspended() throws IOException {
		String stat = Files.readString(Path.of("/proc", "" + pid(), "stat"));
		return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
	}

	/** Let the process go on as {@code kill -CONT} does. */
	public void resume() throws IOException, InterruptedException {
		signal("CONT");
	}

	private void signal(String name) throws IOException, InterruptedException {
		if (new ProcessBuilder("kill", "-" + name, "" + pid()).start().waitFor() != 0) {
			throw new IllegalStateException("The other process could not be told to " + name);
		}
	}

	/** Kill the process as {@code kill -9} does, and wait until it is gone. */
	public void kill() {
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The other process does not die");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		kill();
	}

	public static UdsTransport transport(String name) {
		return transport(name, UdsAddress.of("/any"));
	}

	public static UdsTransport transport(String name, UdsAddress address) {
		return UdsTransports.select(TransportType.valueOf(name.toUpperCase(Locale.ROOT)), address);
	}

}
