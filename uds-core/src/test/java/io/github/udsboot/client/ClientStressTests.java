package io.github.udsboot.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Crowds of callers on one template. Each payload is unlike any other, so an answer that
 * is lost, doubled or misrouted shows.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(240)
class ClientStressTests {

	private static final int THREADS = 32;

	private static final int CALLS = Integer.getInteger("uds.test.calls", 3_000);

	private static final int ROUNDS = Integer.getInteger("uds.test.rounds", 2_000);

	@Parameter
	private TransportType transport;

	@Test
	void everyCallOfThirtyTwoThreadsGetsItsOwnAnswer() throws Throwable {
		everyCallGetsItsOwnAnswer(false);
	}

	@Test
	void everyCallOfThirtyTwoVirtualThreadsGetsItsOwnAnswer() throws Throwable {
		assumeTrue(Callers.hasVirtualThreads());
		everyCallGetsItsOwnAnswer(true);
	}

	private void everyCallGetsItsOwnAnswer(boolean virtual) throws Throwable {
		AtomicLong handled = new AtomicLong();
		try (TestListener listener = new TestListener(this.transport).handle("count", (request, callback) -> {
			handled.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		}).start(); UdsTemplate template = listener.client().timeout(Duration.ofMinutes(2)).build()) {
			List<Caller<Integer>> callers = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				int number = thread;
				callers.add(Callers.start(virtual, () -> call(template, number)));
			}
			for (Caller<Integer> caller : callers) {
				assertThat(caller.future().get(Callers.BOUND.toSeconds() * 8, TimeUnit.SECONDS)).isEqualTo(CALLS);
			}
			assertThat(handled).hasValue((long) THREADS * CALLS);
			assertThat(template.getConnectionFactory().stats().requestsInFlight()).isZero();
			assertThat(template.getConnectionFactory().stats().connects()).isBetween(1L, 2L);
		}
	}

	private static int call(UdsTemplate template, int thread) {
		int answered = 0;
		for (int i = 0; i < CALLS; i++) {
			byte[] answer = template.request("count", bytes(thread, i), byte[].class);
			if (ByteBuffer.wrap(answer).getLong() == ((long) thread << 32 | i)) {
				answered++;
			}
		}
		return answered;
	}

	/** Without the I/O thread's watch over idle connections a lost wake-up hangs. */
	@Test
	void everyCallOfAMixedCrowdHasOneOutcome() throws Throwable {
		try (TestListener listener = new TestListener(this.transport).start()) {
			TestClient client = new TestClient(listener.path(), this.transport);
			client.watchIdle = false;
			client.maxConnections = 2;
			client.maxInFlight = 24;
			client.busyPoll = null;
			client.timeout = Duration.ofMinutes(1);
			try (UdsTemplate template = client.build()) {
				Crowd crowd = new Crowd(template);
				List<Caller<Void>> callers = new ArrayList<>();
				for (int i = 0; i < 24; i++) {
					int number = i;
					boolean virtual = i % 3 == 1 && Callers.hasVirtualThreads();
					callers.add(Callers.start(virtual, () -> crowd.run(number)));
				}
				Caller<Void> spoiler = Callers.start(() -> crowd.interrupt(callers));
				for (Caller<Void> caller : callers) {
					try {
						caller.future().get(Callers.BOUND.toSeconds() * 5, TimeUnit.SECONDS);
					}
					catch (TimeoutException ex) {
						throw new IllegalStateException("A caller hangs: " + crowd.describe(callers));
					}
				}
				crowd.over = true;
				spoiler.result();
				Callers.await().until(() -> crowd.ended.get() == crowd.begun.get());
				assertThat(crowd.wrong).hasValue(0);
				assertThat(crowd.answered.get()).isGreaterThan(crowd.begun.get() / 4);
				assertThat(template.getConnectionFactory().stats().connects()).isBetween(1L, 2L);
				Callers.await()
					.until(() -> TestClient.connections(template).limiter().free() == 24
							* template.getConnectionFactory().stats().connects());
				assertThat(template.getConnectionFactory().stats().requestsInFlight()).isZero();
			}
		}
	}

	/**
	 * A few calls that begin together, and the next ones only when all have ended: nobody
	 * comes later who would read for a caller that was forgotten.
	 */
	@Test
	void noWakeUpIsLostAmongCallersThatCanLead() throws Throwable {
		noWakeUpIsLost(ROUNDS * 5, List.of(Kind.PLATFORM, Kind.PLATFORM));
		noWakeUpIsLost(ROUNDS * 2, List.of(Kind.PLATFORM, Kind.PLATFORM, Kind.PLATFORM));
	}

	@Test
	void noWakeUpIsLostBetweenCallersAndTheIoThread() throws Throwable {
		noWakeUpIsLost(ROUNDS * 2, List.of(Kind.PLATFORM, Kind.ASYNC));
		noWakeUpIsLost(ROUNDS, List.of(Kind.PLATFORM, Kind.PLATFORM, Kind.ASYNC));
	}

	@Test
	void noWakeUpIsLostBetweenVirtualThreadsAndTheIoThread() throws Throwable {
		assumeTrue(Callers.hasVirtualThreads());
		noWakeUpIsLost(ROUNDS / 5, List.of(Kind.VIRTUAL, Kind.VIRTUAL));
		noWakeUpIsLost(ROUNDS / 5, List.of(Kind.PLATFORM, Kind.VIRTUAL));
	}

	/** Enough callers for them to leave their requests to whoever reads, and to yield. */
	@Test
	void noRequestIsLeftBehindInACrowd() throws Throwable {
		List<Kind> platform = Collections.nCopies(6, Kind.PLATFORM);
		noWakeUpIsLost(ROUNDS / 3, platform, null);
		noWakeUpIsLost(ROUNDS / 6, with(platform, Kind.ASYNC, Kind.ASYNC), null);
	}

	@Test
	void noRequestIsLeftBehindInACrowdOfVirtualThreads() throws Throwable {
		assumeTrue(Callers.hasVirtualThreads());
		List<Kind> virtual = Collections.nCopies(6, Kind.VIRTUAL);
		noWakeUpIsLost(ROUNDS / 6, virtual, null);
		noWakeUpIsLost(ROUNDS / 6, with(virtual, Kind.PLATFORM, Kind.ASYNC), null);
	}

	private static List<Kind> with(List<Kind> kinds, Kind... more) {
		List<Kind> all = new ArrayList<>(kinds);
		all.addAll(List.of(more));
		return all;
	}

	private void noWakeUpIsLost(int rounds, List<Kind> kinds) throws Throwable {
		noWakeUpIsLost(rounds, kinds, Duration.ZERO);
	}

	private void noWakeUpIsLost(int rounds, List<Kind> kinds, Duration busyPoll) throws Throwable {
		try (TestListener listener = new TestListener(this.transport).start()) {
			TestClient client = new TestClient(listener.path(), this.transport);
			client.watchIdle = false;
			client.busyPoll = busyPoll;
			client.timeout = Duration.ofMinutes(1);
			try (UdsTemplate template = client.build()) {
				AtomicInteger arrived = new AtomicInteger();
				List<Caller<Integer>> callers = new ArrayList<>();
				for (int i = 0; i < kinds.size(); i++) {
					int number = i;
					Kind kind = kinds.get(i);
					callers.add(Callers.start(kind == Kind.VIRTUAL, () -> {
						for (int round = 1; round <= rounds; round++) {
							meet(arrived, round * kinds.size(), kind == Kind.VIRTUAL);
							spin(ThreadLocalRandom.current().nextInt(2_000));
							byte[] payload = bytes(number, round);
							byte[] answer = (kind == Kind.ASYNC)
									? template.requestAsync("echo", payload, byte[].class).join()
									: template.request("echo", payload, byte[].class);
							assertThat(answer).isEqualTo(payload);
						}
						return 0;
					}));
				}
				for (Caller<Integer> caller : callers) {
					assertThat(caller.future().get(Callers.BOUND.toSeconds() * 2, TimeUnit.SECONDS)).isZero();
				}
			}
		}
	}

	/**
	 * Wait for the others, awake, so that all go on at the same moment. Virtual threads
	 * sleep instead: those that yield go before those that a platform thread has woken,
	 * which would never run.
	 */
	private static void meet(AtomicInteger arrived, int all, boolean virtual) {
		arrived.incrementAndGet();
		while (arrived.get() < all) {
			if (virtual) {
				LockSupport.parkNanos(1_000);
			}
			else {
				Thread.yield();
			}
		}
	}

	private static void spin(int nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	private static byte[] bytes(int thread, int call) {
		return ByteBuffer.allocate(16).putLong((long) thread << 32 | call).array();
	}

	private enum Kind {

		PLATFORM, VIRTUAL, ASYNC

	}

	/** Callers of all kinds, in a hurry and disturbed. */
	private static final class Crowd {

		private static final int CALLS_EACH = 1_500;

		private final UdsTemplate template;

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger ended = new AtomicInteger();

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicInteger wrong = new AtomicInteger();

		private volatile boolean over;

		private Crowd(UdsTemplate template) {
			this.template = template;
		}

		private Void run(int number) {
			Semaphore window = new Semaphore(8);
			for (int i = 0; i < CALLS_EACH; i++) {
				byte[] payload = bytes(number, i);
				Duration timeout = (ThreadLocalRandom.current().nextInt(3) == 0)
						? Duration.ofNanos(20_000 + ThreadLocalRandom.current().nextInt(2_000_000))
						: Duration.ofMinutes(1);
				this.begun.incrementAndGet();
				if (number % 3 == 2) {
					window.acquireUninterruptibly();
					async(payload, timeout, window);
				}
				else {
					blocking(payload, timeout);
				}
			}
			window.acquireUninterruptibly(8);
			return null;
		}

		private void blocking(byte[] payload, Duration timeout) {
			try {
				check(payload, this.template.route("echo").timeout(timeout).payload(payload).retrieve(byte[].class));
			}
			catch (UdsDeadlineExceededException | UdsCancelledException ex) {
				this.ended.incrementAndGet();
			}
			Thread.interrupted();
		}

		private void async(byte[] payload, Duration timeout, Semaphore window) {
			CompletableFuture<byte[]> future = this.template.route("echo")
				.timeout(timeout)
				.payload(payload)
				.retrieveAsync(byte[].class);
			future.whenComplete((answer, failure) -> {
				if (failure == null) {
					check(payload, answer);
				}
				else {
					Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
					this.wrong.addAndGet((cause instanceof UdsDeadlineExceededException) ? 0 : 1);
					this.ended.incrementAndGet();
				}
				window.release();
			});
		}

		private void check(byte[] payload, byte[] answer) {
			if (!Arrays.equals(payload, answer)) {
				this.wrong.incrementAndGet();
			}
			this.answered.incrementAndGet();
			this.ended.incrementAndGet();
		}

		private Void interrupt(List<Caller<Void>> callers) {
			while (!this.over) {
				Caller<Void> victim = callers.get(ThreadLocalRandom.current().nextInt(callers.size()));
				if (victim.future().isDone()) {
					LockSupport.parkNanos(1_000_000);
				}
				else {
					victim.thread().interrupt();
					LockSupport.parkNanos(300_000);
				}
			}
			return null;
		}

		private String describe(List<Caller<Void>> callers) {
			StringBuilder text = new StringBuilder();
			for (Caller<Void> caller : callers) {
				if (!caller.future().isDone()) {
					text.append('\n').append(List.of(caller.thread().getStackTrace()));
				}
			}
			return text.toString();
		}

	}

}
