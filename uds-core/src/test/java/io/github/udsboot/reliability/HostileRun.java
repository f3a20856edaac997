package io.github.udsboot.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

import io.github.udsboot.reliability.TrialServer.State;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.TestUser;
import io.github.udsboot.transport.TransportType;

/**
 * A server of 128 MB with the defaults of a listener, good clients, and one hostile peer
 * at a time, of our own user and of another where we may be another.
 */
final class HostileRun {

	/** Calls a second. */
	private static final int GOOD_RATE = 1000;

	private static final int CALLERS = 4;

	private static final long HEAP_SLACK = 16 << 20;

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final TransportType transport;

	private final Duration duration;

	private final List<String> faults = new ArrayList<>();

	/** The p99 beside a process that does nothing to the server, 0 if not measured. */
	private long busy;

	/**
	 * Create a run.
	 * @param transport the transport of the server and the good clients
	 * @param duration how long each attack lasts, and how long is measured before it
	 */
	HostileRun(TransportType transport, Duration duration) {
		this.transport = transport;
		this.duration = duration;
	}

	static void columns(Report report) {
		report.table("attack", "as", "transport", "process", "p99 before:", "p99 under attack:", "times as long:",
				"that under busy:", "good calls:", "failed:", "new clients:", "failed:", "held at most:",
				"evicted, closed for memory:", "logged:", "back at the base line after:",
				"connections, in flight, descriptors, heap");
	}

	/**
	 * Run, as the system properties {@code hostile.duration}, {@code hostile.transport},
	 * {@code hostile.only} and {@code hostile.as} say.
	 * @return which servers did not survive
	 */
	static List<String> run() {
		Settings settings = new Settings("hostile");
		String duration = settings.text("duration", "12s");
		String only = settings.text("only", "");
		List<String> users = List
			.of(settings.text("as", TestUser.isRoot() ? "another user,our user" : "our user").split(","));
		Report report = new Report("hostile", "./mvnw -pl uds-core -Phostile test -Dhostile.duration=" + duration);
		columns(report);
		List<String> faults = new ArrayList<>();
		for (TransportType transport : settings.transports()) {
			for (String user : users) {
				long busy = 0;
				for (Attack attack : Attack.ALL) {
					if (only.isEmpty() || List.of(only.split(",")).contains(attack.name())) {
						HostileRun run = new HostileRun(transport, settings.duration("duration", duration));
						run.busy = busy;
						run.run(attack, user.equals("another user"), report);
						busy = run.busy;
						faults.addAll(run.faults);
					}
				}
			}
		}
		report.end();
		faults.forEach((fault) -> Report.print(fault + "\n"));
		return faults;
	}

	/**
	 * Run one attack.
	 * @param foreign whether the peer is of another user
	 * @param report takes a row
	 * @return what was wrong
	 */
	List<String> run(Attack attack, boolean foreign, Report report) {
		Path directory = TrialServer.temporaryDirectory();
		Path path = directory.resolve("s");
		Path log = directory.resolve("log");
		allow(directory, "rwxr-xr-x");
		try (TrialServer server = TrialServer.launch(this.transport, log, "-Xmx128m")
			.listen(path, "rw-rw-rw-", Duration.ZERO, null); GoodClients good = new GoodClients(path, this.transport)) {
			good.callers(CALLERS, "echo").newcomer();
			good.rate(GOOD_RATE);
			Waiting.during(this.duration.dividedBy(3));
			measure(good);
			Waiting.during(this.duration);
			Histogram before = good.times();
			good.pause(PATIENCE);
			State base = server.state();
			server.ask("held");
			long logged = Files.size(log);
			long okBefore = good.ok();
			long failedBefore = good.failed();
			long newcomersFailedBefore = good.newcomersFailed.sum();
			long newcomersBefore = good.newcomers.sum();
			good.resume();
			measure(good);
			Process peer = start(attack, foreign, path, directory);
			Waiting.during(this.duration.plusSeconds(10), () -> !peer.isAlive());
			kill(peer);
			long over = System.nanoTime();
			Histogram under = good.times();
			good.pause(PATIENCE);
			String alive = server.isAlive() ? "alive" : "GONE";
			Recovery recovery = server.isAlive() ? recover(server, base, over) : Recovery.NONE;
			if (!server.isAlive()) {
				this.faults.add("The server does not survive " + attack + tail(log));
			}
			long held = 0;
			long limit = 1;
			if (server.isAlive()) {
				String[] parts = server.ask("held").split(" ");
				held = Long.parseLong(parts[0]);
				limit = Long.parseLong(parts[1]);
			}
			if (attack.name().equals("busy")) {
				this.busy = under.getValueAtPercentile(99);
			}
			report.row(attack.name() + ": " + attack.description(), foreign ? "another user" : "our user",
					Soak.name(this.transport), alive, Soak.micros(before, 99), Soak.micros(under, 99),
					times(under, before.getValueAtPercentile(99)), (this.busy > 0) ? times(under, this.busy) : "",
					good.ok() - okBefore, good.failed() - failedBefore, good.newcomers.sum() - newcomersBefore,
					good.newcomersFailed.sum() - newcomersFailedBefore,
					String.format(Locale.ROOT, "%.1f of %d MiB", held / (double) (1 << 20), limit >> 20),
					recovery.state().evicted() - base.evicted() + ", "
							+ (recovery.state().closedForMemory() - base.closedForMemory()),
					((Files.size(log) - logged) >> 10) + " KiB", recovery.time(), recovery.describe(base));
			good.wrong().stream().limit(3).forEach((text) -> Report.print("  " + text + "\n"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			TrialServer.delete(directory);
		}
		return this.faults;
	}

	/** A pause of this process, to collect garbage, is not the server's. */
	private static void measure(GoodClients good) {
		System.gc();
		good.reset();
	}

	private static void allow(Path file, String permissions) {
		try {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String times(Histogram times, long base) {
		return String.format(Locale.ROOT, "%.1f", times.getValueAtPercentile(99) / (double) Math.max(1, base));
	}

	private Process start(Attack attack, boolean foreign, Path path, Path directory) throws IOException {
		// where another user can read it
		Path script = directory.resolve("attack.py");
		if (!Files.exists(script)) {
			Files.copy(attacks(), script);
		}
		allow(script, "rw-r--r--");
		List<String> command = new ArrayList<>();
		if (foreign) {
			command.addAll(
					List.of("setpriv", "--reuid=" + ChildJvm.NOBODY, "--regid=" + ChildJvm.NOBODY, "--clear-groups"));
		}
		command.addAll(List.of(python(), script.toString(), path.toString(), attack.name(),
				Double.toString(this.duration.toMillis() / 1000.0)));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT)
			.directory(directory.toFile())
			.start();
		if (!"ready".equals(process.inputReader().readLine())) {
			throw new IllegalStateException("The peer does not start: " + command);
		}
		return process;
	}

	private static Path attacks() throws IOException {
		for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
			Path script = directory.resolve("interop/hostile/attack.py");
			if (Files.exists(script)) {
				return script;
			}
		}
		throw new IOException("No interop/hostile/attack.py at or above the working directory");
	}

	private static String python() {
		// one in a home directory would be of no use to another user
		Path ofSystem = Path.of("/usr/bin/python3");
		return Files.isExecutable(ofSystem) ? ofSystem.toString() : "python3";
	}

	private static void kill(Process process) {
		process.destroyForcibly();
		try {
			process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Recovery recover(TrialServer server, State base, long over) {
		State[] now = { base };
		boolean back = Waiting.until(PATIENCE, () -> {
			now[0] = server.state();
			return isBack(now[0], base);
		});
		Duration time = Duration.ofNanos(System.nanoTime() - over);
		if (!back) {
			this.faults.add("The server holds more than before: " + now[0] + ", before: " + base);
		}
		return new Recovery(now[0], back ? Report.time(time) : "never");
	}

	private static boolean isBack(State now, State base) {
		return now.connections() <= base.connections() && now.inFlight() <= base.inFlight()
				&& now.descriptors() <= base.descriptors() && now.heap() <= base.heap() + HEAP_SLACK;
	}

	private static String tail(Path log) throws IOException {
		List<String> lines = Files.readAllLines(log);
		return ": " + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
	}

	/** What a server holds after an attack, and how long it took. */
	private record Recovery(State state, String time) {

		private static final Recovery NONE = new Recovery(new State(0, 0, 0, 0, 0, 0, 0, 0), "never");

		private String describe(State base) {
			return base.connections() + " → " + this.state.connections() + ", " + base.inFlight() + " → "
					+ this.state.inFlight() + ", " + base.descriptors() + " → " + this.state.descriptors() + ", "
					+ Soak.mebibytes(base.heap()) + " → " + Soak.mebibytes(this.state.heap());
		}

	}

}
