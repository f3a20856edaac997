package io.github.udsboot.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.guard.DroppableTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class BoundedExecutorTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Queue<Runnable> started = new ArrayDeque<>();

	/** Starts nothing until {@link #runStarted()}. */
	private final BoundedExecutor manual = new BoundedExecutor(this.started::add, 2);

	private final ThreadShare share = ThreadShare.unlimited();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void runsTasksUpToItsCapacityAndTheOthersInOrderAfterThem() {
		List<Integer> ran = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			int number = i;
			this.manual.execute(() -> ran.add(number));
		}
		assertThat(this.started).hasSize(2);
		assertThat(this.manual.running()).isEqualTo(2);
		assertThat(this.manual.mayLend(this.share, false)).isFalse();
		runStarted();
		assertThat(ran).containsExactly(0, 1, 2, 3, 4);
		assertThat(this.manual.running()).isZero();
	}

	@Test
	void whatItDropsWhenItIsClosedIsToldOnceWhateverThatThrows() {
		List<String> told = new ArrayList<>();
		this.manual.execute(task(told, "first"));
		this.manual.execute(() -> told.add("ran"));
		this.manual.execute(task(told, "second"));
		this.manual.close();
		this.manual.close();
		runStarted();
		assertThat(told).containsExactly("first", "second");
		assertThat(this.manual.running()).isZero();
	}

	private static DroppableTask task(List<String> told, String name) {
		return new DroppableTask() {

			@Override
			public void run() {
				told.add(name + " ran");
			}

			@Override
			public void dropped() {
				told.add(name);
				throw new IllegalStateException("expected by the test");
			}

		};
	}

	@Test
	void aThreadCountedInFromOutsideTakesCapacityAndGivesItBack() {
		List<String> ran = new ArrayList<>();
		this.manual.lend(this.share);
		this.manual.lend(this.share);
		this.manual.lend(this.share);
		this.manual.execute(() -> ran.add("waited"));
		assertThat(this.started).isEmpty();
		this.manual.takeBack(this.share);
		assertThat(this.started).as("still one too many").isEmpty();
		this.manual.takeBack(this.share);
		runStarted();
		assertThat(ran).containsExactly("waited");
		assertThat(this.manual.running()).isOne();
	}

	@Test
	void aThreadCountedInFromOutsideMayRunWhatWaits() {
		List<Thread> ran = new ArrayList<>();
		this.manual.lend(this.share);
		this.manual.lend(this.share);
		this.manual.execute(() -> ran.add(Thread.currentThread()));
		this.manual.comesBack(this.share);
		this.manual.work();
		assertThat(ran).containsExactly(Thread.currentThread());
		assertThat(this.started).isEmpty();
		assertThat(this.manual.running()).isOne();
	}

	@Test
	void oneShareAfterTheOtherHasItsTurn() {
		List<String> ran = new ArrayList<>();
		BoundedExecutor one = new BoundedExecutor(this.started::add, 1);
		ThreadShare greedy = ThreadShare.ofConnection(1, null);
		ThreadShare modest = ThreadShare.ofConnection(1, null);
		for (int i = 1; i <= 4; i++) {
			String name = "greedy " + i;
			one.execute(greedy, () -> ran.add(name));
		}
		one.execute(modest, () -> ran.add("modest 1"));
		one.execute(modest, () -> ran.add("modest 2"));
		runStarted();
		assertThat(ran).containsExactly("greedy 1", "greedy 2", "modest 1", "greedy 3", "modest 2", "greedy 4");
		assertThat(one.running()).isZero();
	}

	@Test
	void aShareThatIsUsedUpWaitsAndTheOthersDoNot() {
		List<String> ran = new ArrayList<>();
		BoundedExecutor executor = new BoundedExecutor(this.started::add, 4);
		ThreadShare greedy = ThreadShare.ofConnection(2, null);
		for (int i = 1; i <= 4; i++) {
			String name = "greedy " + i;
			executor.execute(greedy, () -> ran.add(name));
		}
		assertThat(this.started).hasSize(2);
		executor.execute(ThreadShare.ofConnection(2, null), () -> ran.add("other"));
		assertThat(this.started).hasSize(3);
		assertThat(executor.mayLend(greedy, false)).isFalse();
		runStarted();
		assertThat(ran).hasSize(5).containsSubsequence("greedy 1", "greedy 2", "greedy 3", "greedy 4");
		assertThat(executor.running()).isZero();
		assertThat(executor.mayLend(greedy, false)).isTrue();
	}

	@Test
	void theConnectionsOfAUserHaveTheirShareTogether() {
		List<String> ran = new ArrayList<>();
		BoundedExecutor executor = new BoundedExecutor(this.started::add, 4);
		ThreadShare user = ThreadShare.ofUser(2);
		for (int i = 1; i <= 6; i++) {
			String name = "connection " + i;
			executor.execute(ThreadShare.ofConnection(2, user), () -> ran.add(name));
		}
		assertThat(this.started).hasSize(2);
		executor.execute(() -> ran.add("other"));
		assertThat(this.started).hasSize(3);
		runStarted();
		assertThat(ran).hasSize(7);
		assertThat(executor.running()).isZero();
		assertThat(user.isIdle()).isTrue();
	}

	@Test
	void aThreadThatWasLentCountsForItsShareUntilItComesBack() {
		List<String> ran = new ArrayList<>();
		BoundedExecutor executor = new BoundedExecutor(this.started::add, 4);
		ThreadShare share = ThreadShare.ofConnection(1, null);
		executor.lend(share);
		executor.execute(share, () -> ran.add("waits"));
		assertThat(this.started).isEmpty();
		executor.comesBack(share);
		executor.work();
		assertThat(ran).containsExactly("waits");
		assertThat(executor.running()).isZero();
	}

	@Test
	void threadsAreKeptForLoopsWhoseHandlersAreQuick() {
		BoundedExecutor executor = new BoundedExecutor(this.started::add, 2, 2);
		ThreadShare greedy = ThreadShare.ofConnection(1, null);
		executor.execute(greedy, () -> {
		});
		executor.execute(() -> {
		});
		executor.execute(() -> {
		});
		assertThat(this.started).as("no task gets a thread that is kept").hasSize(2);
		assertThat(executor.mayLend(this.share, false)).isFalse();
		assertThat(executor.mayLend(this.share, true)).isTrue();
		assertThat(executor.mayLend(greedy, true)).isTrue();
		executor.lend(greedy);
		assertThat(executor.mayLend(greedy, true)).as("one for each connection").isFalse();
		assertThat(executor.mayLend(this.share, true)).isTrue();
		executor.lend(this.share);
		assertThat(executor.mayLend(this.share, true)).as("all are lent").isFalse();
		executor.comesBack(this.share);
		executor.work();
		assertThat(this.started).as("it was one of those that are kept").hasSize(2);
		assertThat(executor.running()).isEqualTo(3);
	}

	@Test
	void whatIsNotWantedAnyMoreIsToldAndDoesNotWait() {
		List<String> told = new ArrayList<>();
		BoundedExecutor executor = new BoundedExecutor(this.started::add, 2);
		ThreadShare share = ThreadShare.ofConnection(1, null);
		DroppableTask unwanted = task(told, "unwanted");
		executor.execute(share, task(told, "first"));
		executor.execute(share, unwanted);
		executor.execute(share, task(told, "last"));
		executor.dropIf(share, (task) -> task == unwanted);
		executor.dropIf(share, (task) -> task == unwanted);
		assertThat(told).containsExactly("unwanted");
		runStarted();
		assertThat(told).containsExactly("unwanted", "first ran", "last ran");
		assertThat(executor.running()).isZero();
	}

	@Test
	void noShareIsForgottenWhateverEndsWhenAndNoneHasMoreThanItMay() throws Exception {
		int capacity = 4;
		int tasks = 5_000;
		BoundedExecutor executor = new BoundedExecutor(this.threads, capacity);
		ThreadShare user = ThreadShare.ofUser(2);
		AtomicInteger ofUser = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch all = new CountDownLatch(4 * tasks);
		for (int i = 0; i < 4; i++) {
			ThreadShare share = ThreadShare.ofConnection(1 + i % 2, (i < 3) ? user : null);
			boolean counted = i < 3;
			this.threads.execute(() -> {
				for (int n = 0; n < tasks; n++) {
					executor.execute(share, () -> {
						if (counted) {
							most.accumulateAndGet(ofUser.incrementAndGet(), Math::max);
							ofUser.decrementAndGet();
						}
						all.countDown();
					});
				}
			});
		}
		assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(most).hasValueLessThanOrEqualTo(2);
		while (executor.running() > 0) {
			Thread.onSpinWait();
		}
		assertThat(user.isIdle()).isTrue();
	}

	@Test
	void goesOnAfterATaskThatThrows() {
		List<String> ran = new ArrayList<>();
		this.manual.execute(() -> {
			throw new IllegalStateException("expected by the test");
		});
		this.manual.execute(() -> {
			throw new StackOverflowError("expected by the test");
		});
		this.manual.execute(() -> ran.add("last"));
		runStarted();
		assertThat(ran).containsExactly("last");
		assertThat(this.manual.running()).isZero();
	}

	@Test
	void anInterruptMeantForATaskDoesNotReachTheNext() {
		List<Boolean> interrupted = new ArrayList<>();
		this.manual.execute(() -> Thread.currentThread().interrupt());
		this.manual.execute(() -> interrupted.add(Thread.currentThread().isInterrupted()));
		runStarted();
		assertThat(interrupted).containsExactly(false);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void aRejectedTaskIsNotRunAndLeavesTheCapacityFree() {
		BoundedExecutor executor = new BoundedExecutor((task) -> {
			throw new RejectedExecutionException("full");
		}, 1);
		List<String> ran = new ArrayList<>();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.execute(() -> ran.add("rejected")));
		assertThat(executor.running()).isZero();
		executor.lend(this.share);
		executor.comesBack(this.share);
		executor.work();
		assertThat(ran).isEmpty();
	}

	@Test
	void aThreadThatCannotBeStartedRejectsOnlyTheTaskItWasFor() {
		List<String> ran = new ArrayList<>();
		List<Executor> self = new ArrayList<>();
		AtomicInteger starts = new AtomicInteger();
		BoundedExecutor executor = new BoundedExecutor((worker) -> {
			if (starts.incrementAndGet() == 1) {
				// another task comes while no thread can be had for the first
				self.get(0).execute(() -> ran.add("second"));
				throw new OutOfMemoryError("unable to create native thread, expected by the test");
			}
			this.started.add(worker);
		}, 1);
		self.add(executor);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> executor.execute(() -> ran.add("first")));
		executor.execute(() -> ran.add("third"));
		runStarted();
		assertThat(ran).containsExactly("second", "third");
		assertThat(executor.running()).isZero();
	}

	@Test
	void dropsWhatWaitsAndTakesNoMoreOnceClosed() {
		List<String> ran = new ArrayList<>();
		this.manual.lend(this.share);
		this.manual.lend(this.share);
		this.manual.execute(() -> ran.add("waits"));
		this.manual.close();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.manual.execute(() -> ran.add("late")));
		this.manual.work();
		assertThat(ran).isEmpty();
	}

	@Test
	void neverRunsMoreThanItsCapacityAndForgetsNoTask() throws Exception {
		int capacity = 3;
		int tasks = 20_000;
		BoundedExecutor executor = new BoundedExecutor(this.threads, capacity);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch all = new CountDownLatch(4 * tasks);
		for (int i = 0; i < 4; i++) {
			this.threads.execute(() -> {
				for (int n = 0; n < tasks; n++) {
					executor.execute(() -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						running.decrementAndGet();
						all.countDown();
					});
				}
			});
		}
		assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(most).hasValueLessThanOrEqualTo(capacity);
		while (executor.running() > 0) {
			Thread.onSpinWait();
		}
	}

	private void runStarted() {
		Runnable worker = this.started.poll();
		while (worker != null) {
			worker.run();
			worker = this.started.poll();
		}
	}

}
