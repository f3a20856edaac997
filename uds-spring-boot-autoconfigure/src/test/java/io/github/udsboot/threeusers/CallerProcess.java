package io.github.udsboot.threeusers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of another user that makes calls as it is told, one line in, one line out.
 * Only root can start one.
 */
final class CallerProcess implements AutoCloseable {

	private final Process process;

	private final Writer commands;

	private final BufferedReader answers;

	private CallerProcess(Process process) {
		this.process = process;
		this.commands = process.outputWriter(StandardCharsets.UTF_8);
		this.answers = process.inputReader(StandardCharsets.UTF_8);
	}

	/**
	 * Start a process.
	 * @param classPath the class path, which its user can read
	 * @param cgroup the control group that it is to be in, or {@code null}
	 * @param user the number of its user
	 * @param group the number of its primary group
	 * @param groups the numbers of its supplementary groups
	 * @param arguments what {@link CallerMain} is told
	 * @return the process, which is connected to nothing yet
	 */
	static CallerProcess start(String classPath, Path cgroup, int user, int group, List<Integer> groups,
			String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		if (cgroup != null) {
			command
				.addAll(List.of("sh", "-c", "echo $$ > '" + cgroup.resolve("cgroup.procs") + "' && exec \"$@\"", "sh"));
		}
		command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + group, groups.isEmpty() ? "--clear-groups"
				: "--groups=" + String.join(",", groups.stream().map(String::valueOf).toList())));
		command.add(ProcessHandle.current().info().command().orElseThrow());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", classPath,
				CallerMain.class.getName()));
		command.addAll(Arrays.asList(arguments));
		CallerProcess caller = new CallerProcess(new ProcessBuilder(command).directory(Path.of("/").toFile())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start());
		caller.answer();
		return caller;
	}

	/**
	 * Copy the class path of this process to where every user can read it.
	 * @param directory an empty directory
	 * @return the class path
	 */
	static String copyClassPath(Path directory) throws IOException {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		List<String> copies = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(":")) {
			Path source = Path.of(entry).toAbsolutePath();
			if (Files.exists(source)) {
				Path copy = directory.resolve(copies.size() + "-" + source.getFileName());
				copy(source, copy);
				copies.add(copy.toString());
			}
		}
		return String.join(":", copies);
	}

	private static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				Path copy = source.equals(file) ? target : target.resolve(source.relativize(file).toString());
				Files.copy(file, copy);
				Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
			}
		}
	}

	void tell(String command) {
		try {
			this.commands.write(command + "\n");
			this.commands.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String answer() {
		try {
			String line = this.answers.readLine();
			if (line == null) {
				throw new IllegalStateException("The caller is gone");
			}
			return line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String ask(String command) {
		tell(command);
		return answer();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The caller does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
