package io.github.udsboot.listener;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.UdsAddress;

/**
 * An application with a listener, in a process of its own, that is started and stopped as
 * a supervisor would do it: one line in, one line out.
 */
public final class ListenerMain {

	private static final AtomicLong executed = new AtomicLong();

	private static @Nullable UdsListenerContainer container;

	private ListenerMain() {
	}

	public static void main(String[] args) throws IOException {
		PrintStream answers = System.out;
		// Where the log goes otherwise
		System.setOut(System.err);
		answers.println("ready");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			answers.println(execute(line.split(" ")));
		}
	}

	private static String execute(String[] command) {
		return switch (command[0]) {
			case "start" -> start(command[1], command[2], Duration.parse(command[3]));
			case "stop" -> stop();
			case "executed" -> "" + executed.get();
			default -> throw new IllegalArgumentException(command[0]);
		};
	}

	private static String start(String name, String path, Duration wait) {
		UdsListenerOptions options = new UdsListenerOptions(name, UdsAddress.of(path));
		options.setTransport(TestTransport.type());
		options.setBindOptions(options.getBindOptions().withWaitForRelease(wait));
		container = new UdsListenerContainer(options, router(name), CallRecorder.NONE, null);
		try {
			container.start();
			return "started";
		}
		catch (UdsListenerStartException ex) {
			return ex.getMessage();
		}
	}

	static UdsRouter router(String name) {
		return new OneHandler(new WhoHandler(name));
	}

	private static String stop() {
		if (container != null) {
			container.stop();
		}
		return "stopped";
	}

	/** Answers with the name of its listener, and takes a moment for it. */
	private record WhoHandler(String name) implements UdsRequestHandler {

		@Override
		public String route() {
			return "who";
		}

		@Override
		public Execution execution() {
			return Execution.AUTO;
		}

		@Override
		public void handle(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback) {
			executed.incrementAndGet();
			LockSupport.parkNanos(200_000);
			callback.reply(UdsReply.ok(this.name.getBytes(StandardCharsets.UTF_8)));
		}

	}

	private record OneHandler(UdsRequestHandler handler) implements UdsRouter {

		@Override
		public @Nullable Match find(String route) {
			return route.equals(this.handler.route()) ? new Match(this.handler, Map.of()) : null;
		}

		@Override
		public @Nullable UdsRequestHandler defaultHandler() {
			return null;
		}

		@Override
		public Collection<UdsRequestHandler> handlers() {
			return List.of(this.handler);
		}

		@Override
		public boolean isEmpty() {
			return false;
		}

	}

}
