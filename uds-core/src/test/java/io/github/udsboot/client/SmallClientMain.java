package io.github.udsboot.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.github.udsboot.UdsException;

/**
 * A client in a process of its own, for one with little memory: one line in, one line
 * out.
 */
public final class SmallClientMain {

	private static UdsTemplate template;

	private SmallClientMain() {
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
	}

	private static String execute(String[] command) throws IOException, InterruptedException {
		return switch (command[0]) {
			case "open" -> {
				template = UdsTemplate.builder().path(command[1]).timeout(Duration.ofSeconds(20)).build();
				yield "open";
			}
			case "call" -> call();
			case "flood" ->
				flood(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Duration.parse(command[3]));
			default -> throw new IllegalArgumentException(command[0]);
		};
	}

	private static String call() {
		try {
			return template.request("who", null, String.class);
		}
		catch (UdsException ex) {
			return ex.getMessage();
		}
	}

	/** Call as fast as that goes, and wait for no answer before the next call. */
	private static String flood(int calls, int size, Duration timeout) throws InterruptedException {
		CountDownLatch outcomes = new CountDownLatch(calls);
		for (int i = 0; i < calls; i++) {
			template.route("who")
				.timeout(timeout)
				.payload(new byte[size])
				.retrieveAsync(String.class)
				.whenComplete((answer, failure) -> outcomes.countDown());
		}
		outcomes.await();
		return "outcomes " + calls;
	}

}
