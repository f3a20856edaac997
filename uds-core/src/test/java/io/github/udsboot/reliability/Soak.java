package io.github.udsboot.reliability;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.HdrHistogram.Histogram;

import io.github.udsboot.interop.ProcessResources;
import io.github.udsboot.reliability.TrialServer.State;
import io.github.udsboot.transport.TransportType;

/**
 * A load below the peak for a long time, against a server in a process of its own.
 */
final class Soak {

	private static final int CALLERS = 16;

	/** Of heap that may be in use for other reasons, such as code that was compiled. */
	private static final long HEAP_SLACK = 24 << 20;

	private static final int THREAD_SLACK = 8;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TransportType transport;

	private final Duration warmUp;

	private final Duration duration;

	private final int load;

	private final List<String> faults = new ArrayList<>();

	/**
	 * Create a run.
	 * @param transport the transport of both sides
	 * @param warmUp how long to measure the peak, after as long a time to warm up
	 * @param duration how long the load goes on
	 * @param load what it is of the peak, in per cent
	 */
	Soak(TransportType transport, Duration warmUp, Duration duration, int load) {
		this.transport = transport;
		this.warmUp = warmUp;
		this.duration = duration;
		this.load = load;
	}

	static void columns(Report report) {
		report.table("transport", "time:", "peak, calls/s:", "load, calls/s:", "calls:", "lost or failed:", "doubled:",
				"misrouted:", "p50:", "p99:", "p99.9:", "descriptors of the server:", "its threads:", "its heap:");
	}

	/**
	 * Run.
	 * @param report takes a row
	 * @return what was wrong
	 */
	List<String> run(Report report) {
		Path directory = TrialServer.temporaryDirectory();
		Path path = directory.resolve("soak.sock");
		try (TrialServer server = TrialServer.launch(this.transport, directory.resolve("log")).listen(path);
				GoodClients clients = new GoodClients(path, this.transport)) {
			clients.callers(CALLERS / 2, "echo").callers(CALLERS / 2, "echo");
			Waiting.during(this.warmUp);
			long before = clients.ok();
			long begun = System.nanoTime();
			Waiting.during(this.warmUp);
			double peak = (clients.ok() - before) * 1e9 / (System.nanoTime() - begun);
			settle(clients);
			State base = server.state();
			ProcessResources own = ProcessResources.now();
			int ownThreads = threads();
			clients.reset();
			clients.rate(peak * this.load / 100);
			before = clients.ok();
			begun = System.nanoTime();
			clients.resume();
			go(clients, server, begun);
			double rate = (clients.ok() - before) * 1e9 / (System.nanoTime() - begun);
			settle(clients);
			Histogram times = clients.times();
			long executed = server.executed();
			long answered = clients.ok();
			State end = awaitBase(server, base);
			awaitOwn(own, ownThreads);
			this.faults.addAll(clients.wrong());
			if (executed != answered + clients.failed()) {
				this.faults.add(executed + " calls were executed, " + answered + " answered");
			}
			long misrouted = clients.wrong().stream().filter((text) -> text.startsWith("the reply")).count();
			report.row(name(this.transport), Report.time(this.duration), (long) peak, (long) rate, answered,
					clients.failed(), Math.max(0, executed - answered - clients.failed()), misrouted, micros(times, 50),
					micros(times, 99), micros(times, 99.9), base.descriptors() + " → " + end.descriptors(),
					base.threads() + " → " + end.threads(), mebibytes(base.heap()) + " → " + mebibytes(end.heap()));
		}
		finally {
			TrialServer.delete(directory);
		}
		return this.faults;
	}

	private void go(GoodClients clients, TrialServer server, long begun) {
		long last = clients.ok();
		while (System.nanoTime() - begun < this.duration.toNanos() && clients.wrong().isEmpty()) {
			Duration left = this.duration.minusNanos(System.nanoTime() - begun);
			Duration step = (left.compareTo(Duration.ofMinutes(1)) < 0) ? left : Duration.ofMinutes(1);
			Waiting.during(step, () -> !clients.wrong().isEmpty());
			long now = clients.ok();
			Report.print(String.format(Locale.ROOT, "soak: %s, %5d s, %,d calls, %,d/s, p99 %s%n", name(this.transport),
					(System.nanoTime() - begun) / 1_000_000_000, now,
					(now - last) * 1_000_000_000L / Math.max(1, step.toNanos()), micros(clients.times(), 99)));
			last = now;
			if (!server.isAlive()) {
				this.faults.add("The server has died");
				return;
			}
		}
	}

	private void settle(GoodClients clients) {
		if (!clients.pause(PATIENCE)) {
			this.faults.add("Calls have no outcome");
		}
	}

	private State awaitBase(TrialServer server, State base) {
		State[] now = { server.state() };
		if (!Waiting.until(PATIENCE, () -> {
			now[0] = server.state();
			return now[0].connections() <= base.connections() && now[0].inFlight() == 0
					&& now[0].descriptors() <= base.descriptors() && now[0].threads() <= base.threads() + THREAD_SLACK
					&& now[0].heap() <= base.heap() + HEAP_SLACK;
		})) {
			this.faults.add("The server holds more than before: " + now[0] + ", before: " + base);
		}
		return now[0];
	}

	private void awaitOwn(ProcessResources before, int threadsBefore) {
		try {
			before.awaitDescriptors();
		}
		catch (AssertionError ex) {
			this.faults.add("The clients hold more descriptors than before: " + ex.getMessage());
		}
		if (!Waiting.until(PATIENCE, () -> threads() <= threadsBefore + THREAD_SLACK)) {
			this.faults.add("The clients have " + threads() + " threads, before: " + threadsBefore);
		}
	}

	private static int threads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

	static String name(TransportType transport) {
		return transport.name().toLowerCase(Locale.ROOT);
	}

	static String micros(Histogram times, double percentile) {
		return Report.time(Duration.ofNanos(times.getValueAtPercentile(percentile) * 1000));
	}

	static String mebibytes(long bytes) {
		return (bytes >> 20) + " MiB";
	}

}
