package io.github.udsboot.reliability;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.transport.TransportType;

/**
 * Callers that mean it well: they make calls at a rate, check each reply byte by byte,
 * and measure how long it took.
 */
final class GoodClients implements AutoCloseable {

	private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(2);

	private static final int MAX_WRONG = 20;

	/** Of a call in so many. */
	private static final int[] SIZES = { 16, 16, 200, 200, 200, 1000, 4096, 16, 200, 200, 64, 64, 64, 64, 64, 65_536 };

	private final AtomicLong nextId = new AtomicLong(1);

	private final LongAdder ok = new LongAdder();

	private final LongAdder failed = new LongAdder();

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final AtomicInteger callsUnderWay = new AtomicInteger();

	private final List<Thread> threads = new ArrayList<>();

	private final List<UdsTemplate> templates = new ArrayList<>();

	private final Path path;

	private final TransportType transport;

	private volatile ConcurrentHistogram times = new ConcurrentHistogram(MAX_MICROS, 3);

	private volatile boolean calling = true;

	private volatile boolean paused;

	/** Of each caller; 0 for as often as it can. */
	private volatile double callsPerSecond;

	/** Connections of their own that newcomers make, for one call each. */
	final LongAdder newcomers = new LongAdder();

	final LongAdder newcomersFailed = new LongAdder();

	GoodClients(Path path, TransportType transport) {
		this.path = path;
		this.transport = transport;
	}

	private UdsTemplateBuilder builder() {
		return UdsTemplate.builder()
			.path(this.path)
			.transport(this.transport)
			.timeout(Duration.ofSeconds(30))
			.waitForServer(Duration.ofSeconds(60));
	}

	/** Start callers that share a client, every fourth of whose calls is asynchronous. */
	GoodClients callers(int count, String route) {
		UdsTemplate template = builder().build();
		this.templates.add(template);
		for (int i = 0; i < count; i++) {
			Random random = new Random(i);
			start("good-caller", () -> call(template, route, random));
		}
		return this;
	}

	/** Start a caller that has a new client for each of its calls. */
	GoodClients newcomer() {
		start("good-newcomer", () -> {
			this.newcomers.increment();
			byte[] payload = payload(64, this.nextId.getAndIncrement());
			try (UdsTemplate template = builder().maxConnections(1).waitForServer(Duration.ZERO).build()) {
				check(payload, template.request("echo", payload, byte[].class));
			}
			catch (UdsException ex) {
				this.newcomersFailed.increment();
				noteWrong("a newcomer: " + ex);
			}
			LockSupport.parkNanos(20_000_000);
		});
		return this;
	}

	private void start(String name, Runnable call) {
		Thread thread = new Thread(() -> {
			long next = System.nanoTime();
			while (this.calling) {
				if (this.paused) {
					LockSupport.parkNanos(1_000_000);
					next = System.nanoTime();
					continue;
				}
				this.callsUnderWay.incrementAndGet();
				try {
					if (!this.paused) {
						call.run();
					}
				}
				catch (RuntimeException | Error ex) {
					noteWrong("a caller: " + ex);
				}
				finally {
					this.callsUnderWay.decrementAndGet();
				}
				double rate = this.callsPerSecond;
				if (rate > 0) {
					next += (long) (1_000_000_000 / rate);
					long left = next - System.nanoTime();
					if (left > 0) {
						LockSupport.parkNanos(left);
					}
				}
			}
		}, name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	private void call(UdsTemplate template, String route, Random random) {
		long id = this.nextId.getAndIncrement();
		byte[] payload = payload(SIZES[random.nextInt(SIZES.length)], id);
		long begun = System.nanoTime();
		try {
			byte[] reply;
			if (id % 4 == 0) {
				AtomicInteger outcomes = new AtomicInteger();
				CompletableFuture<byte[]> future = template.requestAsync(route, payload, byte[].class);
				future.whenComplete((value, failure) -> outcomes.incrementAndGet());
				reply = future.join();
				if (outcomes.get() > 1) {
					noteWrong(outcomes + " outcomes");
				}
			}
			else {
				reply = template.request(route, payload, byte[].class);
			}
			record((System.nanoTime() - begun) / 1000);
			check(payload, reply);
			this.ok.increment();
		}
		catch (UdsException | CompletionException ex) {
			this.failed.increment();
			noteWrong("failed: " + ex + ((ex.getCause() != null) ? ", " + ex.getCause() : ""));
		}
	}

	/**
	 * Count the calls, too, that could not be made at their time because this one lasted:
	 * a server that stands still would look quick otherwise.
	 */
	private void record(long micros) {
		double rate = this.callsPerSecond;
		this.times.recordValueWithExpectedInterval(Math.min(MAX_MICROS, micros),
				(rate > 0) ? (long) (1_000_000 / rate) : 0);
	}

	private void check(byte[] payload, byte[] reply) {
		if (!Arrays.equals(payload, reply)) {
			noteWrong("the reply to call " + ByteBuffer.wrap(payload).getLong() + " is that of "
					+ ((reply != null && reply.length >= Long.BYTES) ? ByteBuffer.wrap(reply).getLong() : "none"));
		}
	}

	/** Return a payload that no other call has. */
	private static byte[] payload(int size, long id) {
		byte[] payload = new byte[size];
		new Random(id).nextBytes(payload);
		ByteBuffer.wrap(payload).putLong(id);
		return payload;
	}

	private void noteWrong(String text) {
		if (this.wrong.size() < MAX_WRONG) {
			this.wrong.add(text);
		}
	}

	/** Set how many calls all callers make in a second, 0 for as many as they can. */
	void rate(double callsPerSecond) {
		this.callsPerSecond = callsPerSecond / Math.max(1, this.threads.size());
	}

	/** Begin to measure anew. */
	void reset() {
		this.times = new ConcurrentHistogram(MAX_MICROS, 3);
	}

	/** Return the times of calls since the last reset, in microseconds. */
	Histogram times() {
		return this.times;
	}

	long ok() {
		return this.ok.sum();
	}

	long failed() {
		return this.failed.sum();
	}

	/** Return some of what was not as it must be, failures included. */
	List<String> wrong() {
		return List.copyOf(this.wrong);
	}

	/** Wait until nothing is under way. */
	boolean pause(Duration patience) {
		this.paused = true;
		return Waiting.until(patience, () -> this.callsUnderWay.get() == 0);
	}

	void resume() {
		this.paused = false;
	}

	@Override
	public void close() {
		this.calling = false;
		for (Thread thread : this.threads) {
			try {
				thread.join(TimeUnit.SECONDS.toMillis(70));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		this.templates.forEach(UdsTemplate::close);
	}

}
