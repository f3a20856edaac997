package io.github.udsboot.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * What runs in a {@link ChildJvm}.
 */
public final class ChildMain {

	private static final AtomicLong attempts = new AtomicLong();

	private static final AtomicLong successes = new AtomicLong();

	private static final List<UdsSocket> sockets = new ArrayList<>();

	private static UdsServerSocket server;

	private ChildMain() {
	}

	public static void main(String[] args) throws IOException {
		System.out.println("ready");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			System.out.println(execute(line.split(" ")));
		}
	}

	private static String execute(String[] command) throws IOException {
		return switch (command[0]) {
			case "bind" -> bind(command[1], command[2], command[3], Long.parseLong(command[4]));
			case "share" -> share(command[1], command[2], command[3], command[4]);
			case "accepted" -> accepted();
			case "close" -> close();
			case "connect" -> connect(command[1], command[2]);
			case "hammer" -> hammer(List.of(command).subList(1, command.length));
			case "swap" -> swap(Path.of(command[1]), Path.of(command[2]));
			case "attempts" -> "" + attempts.get();
			case "successes" -> "" + successes.get();
			default -> throw new IllegalArgumentException(command[0]);
		};
	}

	private static String bind(String transport, String path, String mode, long time) {
		while (System.currentTimeMillis() < time) {
			Thread.onSpinWait();
		}
		return bind(transport, path, new BindOptions(PosixFilePermissions.fromString(mode), null, 10));
	}

	/** Bind in a directory that is shared with others. */
	private static String share(String transport, String path, String mode, String group) {
		return bind(transport, path, new BindOptions(PosixFilePermissions.fromString(mode),
				group.equals("-") ? null : group, 10, true, Duration.ZERO));
	}

	private static String bind(String transport, String path, BindOptions options) {
		try {
			server = ChildJvm.transport(transport).bind(UdsAddress.of(path), options);
			return "bound";
		}
		catch (BindFailedException ex) {
			return ex.reason() + " " + ex.getMessage() + " " + ex.remedy();
		}
	}

	/** Count the connections that wait. */
	private static String accepted() throws IOException {
		int count = 0;
		for (UdsSocket accepted = server.accept(); accepted != null; accepted = server.accept()) {
			count++;
			accepted.close();
		}
		return "" + count;
	}

	private static String close() {
		server.close();
		return "closed";
	}

	private static String connect(String transport, String path) {
		try {
			sockets.add(ChildJvm.transport(transport).connect(UdsAddress.of(path)));
			return "connected";
		}
		catch (ConnectFailedException ex) {
			return ex.reason() + " " + ex.getMessage();
		}
	}

	private static String hammer(List<String> paths) {
		UdsTransport transport = ChildJvm.transport("jdk");
		Thread thread = new Thread(() -> {
			while (true) {
				for (String path : paths) {
					try {
						transport.connect(UdsAddress.of(path)).close();
						successes.incrementAndGet();
					}
					catch (ConnectFailedException ex) {
						// As it should be
					}
				}
				attempts.incrementAndGet();
			}
		});
		thread.setDaemon(true);
		thread.start();
		return "hammering";
	}

	/** Put a link in the place of a directory, again and again. */
	private static String swap(Path directory, Path target) {
		Path moved = directory.resolveSibling("moved");
		Thread thread = new Thread(() -> {
			while (true) {
				try {
					// Files.move wants more than the kernel does, from Java 25 on
					if (directory.toFile().renameTo(moved.toFile())) {
						Files.createSymbolicLink(directory, target);
						successes.incrementAndGet();
						for (int i = 0; i < 1000; i++) {
							Thread.onSpinWait();
						}
						Files.delete(directory);
					}
				}
				catch (IOException ex) {
					// not there just now, or there again
				}
				moveAway(moved);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return "swapping";
	}

	private static void moveAway(Path moved) {
		if (Files.exists(moved)) {
			moved.toFile().renameTo(moved.resolveSibling("moved" + attempts.incrementAndGet()).toFile());
		}
	}

}
