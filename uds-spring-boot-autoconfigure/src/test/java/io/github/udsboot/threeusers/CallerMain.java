package io.github.udsboot.threeusers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

/**
 * Calls a server as it is told, and says what came of it.
 */
public final class CallerMain {

	private static final String[] WHO = { "who.inline", "who.pool", "who.future", "who.failing" };

	private final UdsTemplate calls;

	private final UdsTemplate lines;

	private CallerMain(String calls, String lines, TransportType transport) {
		this.calls = UdsTemplate.builder().path(calls).transport(transport).build();
		this.lines = UdsTemplate.builder().path(lines).transport(transport).protocol(new LineProtocol()).build();
	}

	public static void main(String... arguments) throws IOException {
		CallerMain caller = new CallerMain(arguments[0], arguments[1], TransportType.valueOf(arguments[2]));
		System.out.println("ready");
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			String[] words = line.split(" ");
			System.out.println(outcome(() -> caller.run(words)));
		}
		System.exit(0);
	}

	private static String outcome(Callable<String> call) {
		try {
			return call.call();
		}
		catch (Exception ex) {
			Throwable reason = (ex instanceof CompletionException) ? ex.getCause() : ex;
			return (reason instanceof UdsException known) ? known.getStatus().name() : reason.toString();
		}
	}

	private String run(String... words) throws Exception {
		return switch (words[0]) {
			case "unary" -> this.calls.request(words[1], null, String.class);
			case "async" -> this.calls.requestAsync(words[1], null, String.class).join();
			case "stream" -> distinct(words[1], 1);
			case "session" -> talk(words[1], 1);
			case "mixed" -> mix(Integer.parseInt(words[1]), words[2]);
			default -> throw new IllegalArgumentException(words[0]);
		};
	}

	private String distinct(String route, int items) {
		try (Stream<String> stream = this.calls.stream(route, items, String.class)) {
			return String.join(" and ", stream.distinct().toList());
		}
	}

	private String talk(String route, int messages) {
		try (UdsSession session = this.lines.open()) {
			List<String> answers = new ArrayList<>();
			for (int i = 0; i < messages; i++) {
				session.send(route);
				String answer = session.receive(String.class);
				if (!answers.contains(answer)) {
					answers.add(answer);
				}
			}
			return String.join(" and ", answers);
		}
	}

	/** Make calls of all kinds on some threads, each of which must see its caller. */
	private String mix(int count, String expected) throws Exception {
		List<CompletableFuture<String>> threads = IntStream.range(0, 4)
			.mapToObj((thread) -> CompletableFuture.supplyAsync(() -> mix(thread, count / 4, expected), (task) -> {
				Thread caller = new Thread(task);
				caller.setDaemon(true);
				caller.start();
			}))
			.toList();
		int right = 0;
		for (CompletableFuture<String> thread : threads) {
			String outcome = thread.get(100, TimeUnit.SECONDS);
			if (!outcome.matches("\\d+")) {
				return outcome;
			}
			right += Integer.parseInt(outcome);
		}
		return Integer.toString(right);
	}

	private String mix(int thread, int count, String expected) {
		SplittableRandom random = new SplittableRandom(thread);
		int right = 0;
		while (right < count) {
			int kind = random.nextInt(100);
			String route = WHO[random.nextInt(WHO.length)];
			String answer = outcome(() -> (kind < 60) ? this.calls.request(route, null, String.class)
					: (kind < 90) ? this.calls.requestAsync(route, null, String.class).join()
							: (kind < 95) ? distinct("who.stream", 20) : talk("who", 5));
			if (!answer.equals(expected)) {
				return "The call " + right + " of kind " + kind + " of " + route + " saw " + answer;
			}
			right++;
		}
		return Integer.toString(right);
	}

}
