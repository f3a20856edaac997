package io.github.udsboot.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.reliability.CountedCall.Outcome;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.TransportType;

/**
 * Kills the server, and clients, again and again while calls are made, and compares what
 * callers were told with what servers have noted.
 */
final class Kills {

	private static final int CALLERS = 6;

	private static final int CLIENTS = 2;

	private static final int CHECK_AFTER = 50;

	private static final long CALLS_BETWEEN = 100;

	private static final int MAX_FAULTS = 20;

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private final TransportType transport;

	private final int kills;

	private final Path directory = TrialServer.temporaryDirectory();

	private final Path path = this.directory.resolve("kills.sock");

	private final Path journal = this.directory.resolve("executed");

	private final Path log = this.directory.resolve("log");

	private final List<String> faults = new ArrayList<>();

	private final AtomicLong nextId = new AtomicLong(1);

	private final AtomicLong answered = new AtomicLong();

	private final AtomicInteger underWay = new AtomicInteger();

	private final Map<Long, Outcome> outcomes = new ConcurrentHashMap<>();

	private final Map<Outcome, Long> totals = new EnumMap<>(Outcome.class);

	private volatile boolean calling = true;

	private volatile boolean paused;

	private long calls;

	private long executed;

	private long withTheirClient;

	private int nextClient = 1;

	private int clientsSinceCheck;

	private int serversKilled;

	private int clientsKilled;

	Kills(TransportType transport, int kills) {
		this.transport = transport;
		this.kills = kills;
	}

	static void columns(Report report) {
		report.table("transport", "kills of the server:", "kills of clients:", "calls:", "answered:",
				"certainly not executed:", "perhaps executed:", "ended with their client:", "executed:",
				"executed twice:", "contradictions:");
	}

	/**
	 * Run.
	 * @param report takes a row
	 * @return what was wrong
	 */
	List<String> run(Report report) {
		Random random = new Random(1);
		TrialServer server = TrialServer.launch(this.transport, this.log)
			.listen(this.path, "rw-------", Duration.ZERO, this.journal);
		List<ChildJvm> clients = new ArrayList<>();
		List<Thread> callers = new ArrayList<>();
		CompletableFuture<TrialServer> nextServer = later(() -> TrialServer.launch(this.transport, this.log));
		CompletableFuture<ChildJvm> nextClient = later(this::launchClient);
		try (UdsTemplate template = UdsTemplate.builder()
			.path(this.path)
			.transport(this.transport)
			.waitForServer(Duration.ofSeconds(30))
			.build()) {
			for (int i = 0; i < CALLERS; i++) {
				callers.add(startCaller(template));
			}
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(begin(launchClient()));
			}
			while (this.serversKilled + this.clientsKilled < this.kills && this.faults.isEmpty()) {
				awaitCalls();
				LockSupport.parkNanos(random.nextInt(50) * 1_000_000L);
				if ((this.serversKilled + this.clientsKilled) % 2 == 0) {
					server.kill();
					this.serversKilled++;
					server = nextServer.join().listen(this.path, "rw-------", Duration.ZERO, this.journal);
					nextServer = later(() -> TrialServer.launch(this.transport, this.log));
				}
				else {
					int number = random.nextInt(CLIENTS);
					clients.get(number).kill();
					this.clientsKilled++;
					clients.set(number, begin(nextClient.join()));
					nextClient = later(this::launchClient);
				}
				if ((this.serversKilled + this.clientsKilled) % CHECK_AFTER == 0) {
					checkAll(clients, server);
					for (int i = 0; i < CLIENTS; i++) {
						clients.set(i, begin(launchClient()));
					}
				}
			}
			checkAll(clients, server);
			this.calling = false;
			for (Thread caller : callers) {
				caller.join();
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.calling = false;
			server.close();
			nextServer.thenAccept(TrialServer::close).join();
			nextClient.thenAccept(ChildJvm::close).join();
			clients.forEach(ChildJvm::close);
			TrialServer.delete(this.directory);
		}
		report.row(Soak.name(this.transport), this.serversKilled, this.clientsKilled, this.calls, total(Outcome.OK),
				total(Outcome.UNSENT), total(Outcome.PERHAPS), this.withTheirClient, this.executed, count("twice"),
				count("contradicts"));
		return this.faults;
	}

	private long total(Outcome outcome) {
		return this.totals.getOrDefault(outcome, 0L);
	}

	private long count(String word) {
		return this.faults.stream().filter((fault) -> fault.contains(word)).count();
	}

	private static <T> CompletableFuture<T> later(Supplier<T> supplier) {
		return CompletableFuture.supplyAsync(supplier);
	}

	// --- callers

	private Thread startCaller(UdsTemplate template) {
		Thread thread = new Thread(() -> {
			while (this.calling) {
				this.underWay.incrementAndGet();
				if (!this.paused) {
					call(template);
				}
				this.underWay.decrementAndGet();
				LockSupport.parkNanos(1_000_000);
			}
		}, "surviving-caller");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private void call(UdsTemplate template) {
		long id = this.nextId.getAndIncrement();
		Outcome outcome = CountedCall.make(template, id);
		if (this.outcomes.put(id, outcome) != null) {
			fault("A second outcome of call " + id);
		}
		if (outcome == Outcome.OK) {
			this.answered.incrementAndGet();
		}
	}

	private ChildJvm launchClient() {
		try {
			return ChildJvm.start(TrialClientMain.class, this.log,
					"-D" + TestTransport.PROPERTY + "=" + this.transport.name());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ChildJvm begin(ChildJvm client) {
		client.ask(this.path, this.directory.resolve("client-" + this.nextClient), this.nextClient);
		this.nextClient++;
		this.clientsSinceCheck++;
		return client;
	}

	private void awaitCalls() {
		long target = this.answered.get() + CALLS_BETWEEN;
		if (!Waiting.until(PATIENCE, () -> this.answered.get() >= target)) {
			fault("Nothing is answered any more");
		}
	}

	private synchronized void fault(String text) {
		if (this.faults.size() < MAX_FAULTS) {
			this.faults.add(text);
		}
	}

	// --- comparing

	/** Kill the clients, let the other callers come to rest, and compare. */
	private void checkAll(List<ChildJvm> clients, TrialServer server) {
		this.paused = true;
		clients.forEach(ChildJvm::kill);
		this.clientsKilled += clients.size();
		if (!Waiting.until(PATIENCE, () -> this.underWay.get() == 0)
				|| !Waiting.until(PATIENCE, () -> server.state().inFlight() == 0)) {
			fault("Calls have no outcome");
			return;
		}
		compare(read(this.journal, Long.BYTES));
		this.outcomes.clear();
		this.clientsSinceCheck = 0;
		Report.print(
				String.format(Locale.ROOT, "kills: %s, %d of %d, %,d calls, %,d executed%n", Soak.name(this.transport),
						this.serversKilled + this.clientsKilled, this.kills, this.calls, this.executed));
		this.paused = false;
	}

	private void compare(ByteBuffer noted) {
		Set<Long> ids = new HashSet<>();
		while (noted.remaining() >= Long.BYTES) {
			long id = noted.getLong();
			this.executed++;
			if (!ids.add(id)) {
				fault("Call " + id + " was executed twice");
			}
		}
		Map<Long, Outcome> all = new HashMap<>(this.outcomes);
		for (int client = 1; client < this.nextClient; client++) {
			Path file = this.directory.resolve("client-" + client);
			if (Files.exists(file)) {
				ByteBuffer records = read(file, TrialClientMain.RECORD);
				delete(file);
				while (records.remaining() >= TrialClientMain.RECORD) {
					long id = records.getLong();
					if (all.put(id, Outcome.values()[records.get()]) != null) {
						fault("A second outcome of call " + id);
					}
				}
			}
		}
		int withoutOutcome = 0;
		for (long id : ids) {
			if (!all.containsKey(id)) {
				withoutOutcome++;
			}
		}
		if (withoutOutcome > this.clientsSinceCheck * TrialClientMain.CALLERS) {
			fault(withoutOutcome + " calls were executed of which no caller knows");
		}
		this.withTheirClient += withoutOutcome;
		this.calls += all.size() + withoutOutcome;
		all.forEach((id, outcome) -> {
			this.totals.merge(outcome, 1L, Long::sum);
			boolean wasExecuted = ids.contains(id);
			if (outcome == Outcome.WRONG || (outcome == Outcome.OK && !wasExecuted)
					|| (outcome == Outcome.UNSENT && wasExecuted)) {
				fault("The outcome " + outcome + " of call " + id + " contradicts that it was "
						+ (wasExecuted ? "" : "not ") + "executed");
			}
		});
	}

	private static void delete(Path file) {
		try {
			Files.delete(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read a file and empty it; the processes that append to it go on at its new end.
	 * What a kill has left half written at its end is cut off.
	 */
	private static ByteBuffer read(Path file, int record) {
		try {
			byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
			Files.write(file, new byte[0]);
			return ByteBuffer.wrap(bytes, 0, bytes.length / record * record);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
