package io.github.udsboot.listener;

import java.nio.file.attribute.GroupPrincipal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.testsupport.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Refusals are told of at a limited rate, and none is left uncounted.
 */
@Timeout(60)
class RefusalNotifierTests {

	private final List<UdsConnectionRefusal> told = new ArrayList<>();

	private final Queue<Runnable> threads = new ArrayDeque<>();

	private final List<Timer> timers = new ArrayList<>();

	private long now;

	private boolean full;

	private RefusalNotifier notifier = notifier(this.told::add);

	private RefusalNotifier notifier(UdsConnectionRefusalListener... listeners) {
		return new RefusalNotifier("orders", "/run/orders.sock", List.of(listeners), this::execute,
				(delay, task) -> this.timers.add(new Timer(this.now + delay.toNanos(), task)), () -> this.now);
	}

	private void execute(Runnable task) {
		if (this.full) {
			throw new RejectedExecutionException("expected by the test");
		}
		this.threads.add(task);
	}

	private void refuse(int count) {
		for (int i = 0; i < count; i++) {
			this.notifier.refused(RefusalReason.UNAUTHORIZED, peer(i));
		}
	}

	private static PeerCredentials peer(int uid) {
		return new PeerCredentials(new Named("user" + uid), new Named("group"), null, (long) uid, null);
	}

	private void runThreads() {
		while (!this.threads.isEmpty()) {
			this.threads.poll().run();
		}
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
		List<Timer> due = this.timers.stream().filter((timer) -> timer.at <= this.now).toList();
		this.timers.removeAll(due);
		due.forEach((timer) -> timer.task.run());
		runThreads();
	}

	private List<Long> unreported() {
		return this.told.stream().map(UdsConnectionRefusal::unreported).toList();
	}

	@Test
	void theFirstIsToldAtOnceAndFurtherOnesOnceASecond() {
		refuse(1);
		assertThat(this.told).as("on the calling thread").isEmpty();
		runThreads();
		assertThat(this.told).containsExactly(
				new UdsConnectionRefusal("orders", "/run/orders.sock", peer(0), RefusalReason.UNAUTHORIZED, 0));
		refuse(10);
		runThreads();
		pass(Duration.ofMillis(999));
		assertThat(this.told).hasSize(1);
		refuse(3);
		pass(Duration.ofMillis(1));
		assertThat(unreported()).containsExactly(0L, 12L);
		refuse(1);
		pass(Duration.ofMillis(999));
		assertThat(this.told).hasSize(2);
	}

	@Test
	void theLastOnesBeforeAQuietPeriodAreToldOfByTheTimer() {
		refuse(5);
		runThreads();
		assertThat(unreported()).as("what had come before the thread").containsExactly(4L);
		refuse(7);
		pass(Duration.ofSeconds(1));
		pass(Duration.ofDays(1));
		assertThat(unreported()).containsExactly(4L, 6L);
		assertThat(this.told.get(1).peer()).as("the last one").isEqualTo(peer(6));
		assertThat(this.timers).isEmpty();
		refuse(1);
		assertThat(this.threads).as("at once, after the quiet").hasSize(1);
	}

	@Test
	void eachReasonHasARateOfItsOwn() {
		refuse(3);
		this.notifier.refused(RefusalReason.NO_CREDENTIALS, null);
		runThreads();
		assertThat(this.told).extracting(UdsConnectionRefusal::reason)
			.containsExactly(RefusalReason.UNAUTHORIZED, RefusalReason.NO_CREDENTIALS);
		assertThat(this.told.get(1).peer()).isNull();
	}

	@Test
	void aFailureOfAListenerHarmsNeitherTheOthersNorWhatFollows() {
		this.notifier = notifier((refusal) -> {
			throw new StackOverflowError("expected by the test");
		}, this.told::add);
		refuse(1);
		runThreads();
		refuse(1);
		pass(Duration.ofSeconds(1));
		assertThat(unreported()).containsExactly(0L, 0L);
	}

	@Test
	void withoutAThreadItIsTriedAgainLater() {
		this.full = true;
		refuse(4);
		assertThat(this.told).isEmpty();
		pass(Duration.ofSeconds(1));
		assertThat(this.told).isEmpty();
		this.full = false;
		pass(Duration.ofSeconds(1));
		assertThat(unreported()).containsExactly(3L);
	}

	@Test
	void whatIsLeftIsToldOfWhenTheListenerStops() {
		refuse(1);
		runThreads();
		refuse(9);
		this.notifier.refused(RefusalReason.MEMORY, peer(1));
		// its thread is never run: the executor has dropped it
		this.notifier.stop();
		assertThat(this.told).extracting(UdsConnectionRefusal::reason)
			.containsExactlyInAnyOrder(RefusalReason.UNAUTHORIZED, RefusalReason.UNAUTHORIZED, RefusalReason.MEMORY);
		assertThat(unreported()).containsExactlyInAnyOrder(0L, 8L, 0L);
		pass(Duration.ofDays(1));
		assertThat(this.told).as("not twice").hasSize(3);
	}

	@Test
	void withoutListenersNothingHappens() {
		this.notifier = notifier();
		refuse(5);
		this.notifier.stop();
		assertThat(this.threads).isEmpty();
		assertThat(this.timers).isEmpty();
	}

	@Test
	void noneIsLostOrCountedTwiceAndOneThreadAtATimeIsInAListener() throws Exception {
		int callers = 4;
		int perCaller = 2000;
		AtomicLong counted = new AtomicLong();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger failures = new AtomicInteger();
		ExecutorService pool = Executors.newCachedThreadPool();
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		// a thousand times as fast
		RefusalNotifier fast = new RefusalNotifier("fast", "@fast", List.of((refusal) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			counted.addAndGet(1 + refusal.unreported());
			inside.decrementAndGet();
		}), failing(pool, failures),
				(delay, task) -> timer.schedule(task, delay.toNanos() / 1000, TimeUnit.NANOSECONDS),
				() -> System.nanoTime() * 1000);
		CountDownLatch done = new CountDownLatch(callers);
		for (int i = 0; i < callers; i++) {
			pool.execute(() -> {
				for (int j = 0; j < perCaller; j++) {
					fast.refused(RefusalReason.CONNECTIONS, null);
				}
				done.countDown();
			});
		}
		Eventually.await(done);
		Eventually.await("all told of, with no stop", () -> counted.get() == callers * perCaller);
		assertThat(most).hasValue(1);
		fast.stop();
		assertThat(counted).hasValue(callers * perCaller);
		pool.shutdownNow();
		timer.shutdownNow();
	}

	/** Every third task finds no thread. */
	private static Executor failing(Executor executor, AtomicInteger tasks) {
		return (task) -> {
			if (tasks.incrementAndGet() % 3 == 0) {
				throw new RejectedExecutionException("expected by the test");
			}
			executor.execute(task);
		};
	}

	/**
	 * A user or a group.
	 *
	 * @param getName the name
	 */
	private record Named(String getName) implements GroupPrincipal {

	}

	/**
	 * A task and the time to run it.
	 *
	 * @param at the time
	 * @param task the task
	 */
	private record Timer(long at, Runnable task) {

	}

}
