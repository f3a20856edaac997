package io.github.udsboot.reliability;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.udsboot.transport.TransportType;

/**
 * Servers that follow each other at one path while calls are made: the next one waits for
 * the release, the old one drains.
 */
final class RollingRestarts {

	private static final int CALLERS = 8;

	private static final long CALLS_BETWEEN = 200;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final TransportType transport;

	private final int restarts;

	private final List<String> faults = new ArrayList<>();

	RollingRestarts(TransportType transport, int restarts) {
		this.transport = transport;
		this.restarts = restarts;
	}

	static void columns(Report report) {
		report.table("transport", "restarts:", "calls:", "failed:", "executed:", "p50:", "p99:", "longest:");
	}

	/**
	 * Run.
	 * @param report takes a row
	 * @return what was wrong
	 */
	List<String> run(Report report) {
		Path directory = TrialServer.temporaryDirectory();
		Path path = directory.resolve("rolling.sock");
		Path log = directory.resolve("log");
		TrialServer current = TrialServer.launch(this.transport, log).listen(path);
		long executed = 0;
		try (GoodClients clients = new GoodClients(path, this.transport)) {
			clients.callers(CALLERS, "echo");
			clients.rate(2000);
			int done = 0;
			awaitCalls(clients);
			clients.reset();
			for (; done < this.restarts && this.faults.isEmpty(); done++) {
				TrialServer next = TrialServer.launch(this.transport, log);
				next.listenLater(path, PATIENCE);
				awaitCalls(clients);
				if (!current.ask("stop").equals("stopped")) {
					this.faults.add("The old server does not stop");
				}
				String answer = next.answer();
				if (!answer.equals("started")) {
					this.faults.add("The next server does not start: " + answer);
				}
				executed += current.executed();
				current.close();
				current = next;
				awaitCalls(clients);
			}
			if (!clients.pause(PATIENCE)) {
				this.faults.add("Calls have no outcome");
			}
			executed += current.executed();
			this.faults.addAll(clients.wrong());
			if (executed != clients.ok()) {
				this.faults.add(executed + " calls were executed, " + clients.ok() + " answered");
			}
			report.row(Soak.name(this.transport), done, clients.ok(), clients.failed(), executed,
					Soak.micros(clients.times(), 50), Soak.micros(clients.times(), 99),
					Soak.micros(clients.times(), 100));
		}
		finally {
			current.close();
			TrialServer.delete(directory);
		}
		return this.faults;
	}

	private void awaitCalls(GoodClients clients) {
		long target = clients.ok() + CALLS_BETWEEN;
		if (!Waiting.until(PATIENCE, () -> clients.ok() >= target || !clients.wrong().isEmpty())) {
			this.faults.add("No calls are answered");
		}
	}

}
