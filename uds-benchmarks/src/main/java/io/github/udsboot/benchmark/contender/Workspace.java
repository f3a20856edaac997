package io.github.udsboot.benchmark.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a run finds its programs and puts its sockets and logs.
 *
 * @param sockets a directory of short name for the sockets
 * @param logs a directory for what processes write to their error output
 * @param programs a directory with the programs that were built of C and Go
 * @param oneCore whether processes are bound to one core
 */
public record Workspace(Path sockets, Path logs, Path programs, boolean oneCore) {

	/** What every process in Java is started with. */
	public static final List<String> JVM_FLAGS = List.of("-Xms512m", "-Xmx512m");

	private static final int NATIVE_ACCESS = 22;

	/** The core that processes are bound to. */
	private static final String CORE = "0";

	/**
	 * Return this workspace for processes that are bound to one core.
	 * @return the workspace
	 */
	public Workspace onOneCore() {
		return new Workspace(this.sockets, this.logs, this.programs, true);
	}

	/**
	 * Return the command of a process in Java.
	 * @param flags further flags of the JVM
	 * @param main the main class
	 * @param arguments the arguments
	 * @return the command
	 */
	public List<String> java(List<String> flags, Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(javaExecutable());
		command.addAll(JVM_FLAGS);
		if (Runtime.version().feature() >= NATIVE_ACCESS) {
			command.add("--enable-native-access=ALL-UNNAMED");
		}
		command.addAll(flags);
		command.add("-cp");
		command.add(System.getProperty("java.class.path", ""));
		command.add(main.getName());
		command.addAll(List.of(arguments));
		return bound(command);
	}

	/**
	 * Return the executable of the JDK that this process runs on.
	 * @return the path
	 */
	public static String javaExecutable() {
		return Path.of(System.getProperty("java.home", ""), "bin", "java").toString();
	}

	/**
	 * Return the command of a program that was built.
	 * @param name the program's name
	 * @param arguments the arguments
	 * @return the command
	 */
	public List<String> program(String name, List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(this.programs.resolve(name).toString());
		command.addAll(arguments);
		return bound(command);
	}

	/**
	 * Return whether a program was built.
	 * @param name the program's name
	 * @return {@code true} if it is there
	 */
	public boolean hasProgram(String name) {
		return Files.isExecutable(this.programs.resolve(name));
	}

	private List<String> bound(List<String> command) {
		if (!this.oneCore) {
			return command;
		}
		List<String> bound = new ArrayList<>(List.of("taskset", "-c", CORE));
		bound.addAll(command);
		return bound;
	}

	/**
	 * Return the path of a contender's socket.
	 * @param contender the contender's name
	 * @return the path
	 */
	public Path socket(String contender) {
		return this.sockets.resolve(contender + (this.oneCore ? "-1" : "") + ".sock");
	}

}
