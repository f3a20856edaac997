package io.github.udsboot.reliability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStartException;
import io.github.udsboot.listener.UdsListenerStats;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.testsupport.Descriptors;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.UdsAddress;

/**
 * An application with a listener, in a process of its own that may be killed: one line
 * in, one line out.
 */
public final class TrialServerMain {

	private static UdsListenerContainer container;

	private static TrialHandlers handlers;

	/** The most that was held for peers, as often as it was looked at. */
	private static volatile long mostHeld;

	private TrialServerMain() {
	}

	public static void main(String[] args) throws Exception {
		PrintStream answers = System.out;
		// Where the log goes otherwise
		System.setOut(System.err);
		answers.println("ready");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			answers.println(execute(line.split(" ")));
		}
		// whoever started this process is gone
		Runtime.getRuntime().halt(0);
	}

	private static String execute(String[] command) throws Exception {
		return switch (command[0]) {
			case "start" -> start(command[1], command[2], Duration.parse(command[3]), command[4]);
			case "stop" -> stop();
			case "executed" -> "" + handlers.executed.sum();
			case "stats" -> stats();
			case "held" -> held();
			default -> throw new IllegalArgumentException(command[0]);
		};
	}

	private static String start(String path, String mode, Duration wait, String journal) throws IOException {
		UdsListenerOptions options = new UdsListenerOptions("trial", UdsAddress.of(path));
		options.setTransport(TestTransport.type());
		options.setBindOptions(new BindOptions(PosixFilePermissions.fromString(mode), null,
				BindOptions.DEFAULTS.backlog(), false, wait));
		handlers = new TrialHandlers(journal.equals("-") ? null : Path.of(journal));
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : TrialHandlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic() && !Modifier.isPrivate(method.getModifiers())
					&& !method.getName().equals("close")) {
				registry.register(new UdsHandlerEndpoint(Set.of("trial"), method.getName(), () -> handlers,
						TrialHandlers.class, method, Execution.AUTO));
			}
		}
		container = new UdsListenerContainer(options, registry.routerFor("trial"), CallRecorder.NONE, null);
		try {
			container.start();
		}
		catch (UdsListenerStartException ex) {
			return ex.getMessage();
		}
		Thread looking = new Thread(TrialServerMain::look, "trial-looking");
		looking.setDaemon(true);
		looking.start();
		return "started";
	}

	private static void look() {
		while (true) {
			mostHeld = Math.max(mostHeld, container.stats().memoryUsed());
			LockSupport.parkNanos(20_000_000);
		}
	}

	/** The most that was held since the last time this was asked, and the limit. */
	private static String held() {
		String answer = mostHeld + " " + container.stats().memoryLimit();
		mostHeld = 0;
		return answer;
	}

	private static String stop() throws IOException {
		container.stop();
		handlers.close();
		return "stopped";
	}

	private static String stats() {
		System.gc();
		UdsListenerStats stats = container.stats();
		long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
		return stats.connections() + " " + stats.requestsInFlight() + " " + Descriptors.count() + " "
				+ ManagementFactory.getThreadMXBean().getThreadCount() + " " + heap + " " + stats.memoryUsed() + " "
				+ stats.closed().getOrDefault(CloseReason.EVICTED, 0L) + " "
				+ stats.closed().getOrDefault(CloseReason.MEMORY, 0L);
	}

}
